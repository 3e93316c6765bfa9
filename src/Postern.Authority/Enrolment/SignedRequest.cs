using Postern.Cryptography;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Authority.Enrolment;

/// <summary>
/// A certificate request with the proof that its sender holds the key: <c>purpose || time 8 || request || signature</c>, the signature over
/// <c>purpose || time 8 || SHA3-256(request)</c>. (docs/rds.md)
/// </summary>
internal sealed class SignedRequest
{
    private readonly byte[] _signature;

    private SignedRequest(ServerCertificate request, ulong time, ReadOnlySpan<byte> signature)
    {
        Request = request;
        Seconds = time;
        _signature = signature.ToArray();
    }

    /// <summary>What the statement is for; a handshake signs 32 bytes, this is longer and begins with it.</summary>
    private static ReadOnlySpan<byte> Purpose => "Postern certificate request v1"u8;

    /// <summary>The unsigned certificate.</summary>
    public ServerCertificate Request { get; }

    /// <summary>When the key's holder signed.</summary>
    public DateTimeOffset Time => UnixTime.ToDate(Seconds);

    private ulong Seconds { get; }

    public static bool IsSignedRequest(ReadOnlySpan<byte> data) => data.StartsWith(Purpose);

    public static int SizeOf(Suite suite) => Purpose.Length + sizeof(ulong) + ServerCertificate.SizeOf(suite) + suite.Signature.SignatureSize;

    /// <summary>Makes the request of a key and signs it.</summary>
    public static SignedRequest Create(ServerKey key, TimeProvider clock)
    {
        ServerCertificate request = key.CreateRequest();
        ulong time = UnixTime.ToSeconds(clock.GetUtcNow());
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(RandomSource.System, Statement(request, time), signature);
        return new SignedRequest(request, time, signature);
    }

    /// <summary>Reads one; who signed it is not looked at yet.</summary>
    /// <exception cref="FormatException">The bytes are no signed request of a known set.</exception>
    public static SignedRequest Parse(ReadOnlySpan<byte> data)
    {
        if (!IsSignedRequest(data)) throw new FormatException("This is no signed certificate request.");
        foreach (Suite suite in QstpSuites.All)
        {
            if (data.Length != SizeOf(suite)) continue;
            if (data[Purpose.Length + sizeof(ulong) + ServerCertificate.SizeOf(suite) - 2] == suite.Id) return Parse(suite, data);
        }

        throw new FormatException($"{data.Length} bytes are no signed certificate request of a known set.");
    }

    public byte[] ToBytes()
    {
        byte[] data = new byte[SizeOf(Request.Suite)];
        WireWriter writer = new(data);
        writer.Bytes(Purpose);
        writer.UInt64(Seconds);
        writer.Bytes(Request.ToBytes());
        writer.Bytes(_signature);
        writer.ExpectEnd();
        return data;
    }

    /// <summary>Tells whether the holder of the request's key signed it.</summary>
    public bool IsProven() =>
        Request.Suite.Signature.Verify(Request.VerificationKey, Statement(Request, Seconds), _signature);

    private static SignedRequest Parse(Suite suite, ReadOnlySpan<byte> data)
    {
        WireReader reader = new(data);
        reader.Bytes(Purpose.Length);
        ulong time = reader.UInt64();
        ServerCertificate request = ServerCertificate.Parse(reader.Bytes(ServerCertificate.SizeOf(suite)));
        ReadOnlySpan<byte> signature = reader.Rest();
        return new SignedRequest(request, time, signature);
    }

    private static byte[] Statement(ServerCertificate request, ulong time)
    {
        byte[] statement = new byte[Purpose.Length + sizeof(ulong) + Sha3.DigestSize256];
        WireWriter writer = new(statement);
        writer.Bytes(Purpose);
        writer.UInt64(time);
        Sha3.HashData256(request.ToBytes(), writer.Reserve(Sha3.DigestSize256));
        writer.ExpectEnd();
        return statement;
    }
}
