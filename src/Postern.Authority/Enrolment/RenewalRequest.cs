using Postern.Cryptography;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Authority.Enrolment;

/// <summary>
/// The holder of a certificate asks for its successor, which has a key and a serial of its own:
/// <c>purpose || time 8 || root's serial 16 || former serial 16 || signed request || signature</c>. The former key signs all fields before, with the
/// SHA3-256 of the signed request in its place. (docs/rds.md)
/// </summary>
internal sealed class RenewalRequest
{
    private readonly byte[] _root;
    private readonly byte[] _former;
    private readonly ulong _time;
    private readonly byte[] _signature;

    private RenewalRequest(ulong time, ReadOnlySpan<byte> root, ReadOnlySpan<byte> former, SignedRequest request, ReadOnlySpan<byte> signature)
    {
        _time = time;
        _root = root.ToArray();
        _former = former.ToArray();
        Request = request;
        _signature = signature.ToArray();
    }

    private static ReadOnlySpan<byte> Purpose => "Postern certificate renewal v1"u8;

    private static int FixedSize => Purpose.Length + sizeof(ulong) + (2 * QstpProtocol.SerialSize);

    /// <summary>The request for the successor, with the proof of its key.</summary>
    public SignedRequest Request { get; }

    /// <summary>When the former key's holder signed.</summary>
    public DateTimeOffset Time => UnixTime.ToDate(_time);

    /// <summary>Serial of the certificate that the successor follows.</summary>
    public string FormerSerial => Convert.ToHexString(_former);

    /// <summary>Serial of the root that is asked.</summary>
    public string RootSerial => Convert.ToHexString(_root);

    /// <summary>Signs a renewal by the former key.</summary>
    public static RenewalRequest Create(ServerCertificate former, ServerKey formerKey, SignedRequest request, TimeProvider clock)
    {
        ulong time = UnixTime.ToSeconds(clock.GetUtcNow());
        byte[] signature = new byte[former.Suite.Signature.SignatureSize];
        formerKey.Sign(RandomSource.System, Statement(time, former.RootSerial, former.Serial, request), signature);
        return new RenewalRequest(time, former.RootSerial, former.Serial, request, signature);
    }

    /// <summary>Reads one; who signed it is not looked at yet.</summary>
    /// <exception cref="FormatException">The bytes are no renewal of a known set.</exception>
    public static RenewalRequest Parse(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith(Purpose)) throw new FormatException("This is no renewal.");
        foreach (Suite suite in QstpSuites.All)
        {
            int requestSize = SignedRequest.SizeOf(suite);
            if (data.Length != FixedSize + requestSize + suite.Signature.SignatureSize) continue;
            SignedRequest request = SignedRequest.Parse(data.Slice(FixedSize, requestSize));
            if (request.Request.Suite == suite) return Parse(data, request, requestSize);
        }

        throw new FormatException($"{data.Length} bytes are no renewal of a known set.");
    }

    public byte[] ToBytes() => [.. Head(_time, _root, _former), .. Request.ToBytes(), .. _signature];

    /// <summary>Tells whether the key of <paramref name="former"/> signed it.</summary>
    public bool IsSignedBy(ServerCertificate former) =>
        _signature.Length == former.Suite.Signature.SignatureSize
        && former.Suite.Signature.Verify(former.VerificationKey, Statement(_time, _root, _former, Request), _signature);

    private static RenewalRequest Parse(ReadOnlySpan<byte> data, SignedRequest request, int requestSize)
    {
        WireReader reader = new(data);
        reader.Bytes(Purpose.Length);
        ulong time = reader.UInt64();
        ReadOnlySpan<byte> root = reader.Bytes(QstpProtocol.SerialSize);
        ReadOnlySpan<byte> former = reader.Bytes(QstpProtocol.SerialSize);
        reader.Bytes(requestSize);
        return new RenewalRequest(time, root, former, request, reader.Rest());
    }

    private static byte[] Statement(ulong time, ReadOnlySpan<byte> root, ReadOnlySpan<byte> former, SignedRequest request)
    {
        byte[] digest = new byte[Sha3.DigestSize256];
        Sha3.HashData256(request.ToBytes(), digest);
        return [.. Head(time, root, former), .. digest];
    }

    private static byte[] Head(ulong time, ReadOnlySpan<byte> root, ReadOnlySpan<byte> former)
    {
        byte[] head = new byte[FixedSize];
        WireWriter writer = new(head);
        writer.Bytes(Purpose);
        writer.UInt64(time);
        writer.Bytes(root);
        writer.Bytes(former);
        writer.ExpectEnd();
        return head;
    }
}
