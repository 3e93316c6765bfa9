using System.Buffers.Binary;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>
/// What a root says of the one that follows it, as a file says it: nobody has verified it.
/// <see cref="RootCertificate.Verify(RootTransition, VerificationPolicy?)"/> does, and gives the new root. (docs/authority.md)
/// </summary>
public sealed class RootTransition
{
    private const int HeaderSize = 55;
    private const int MaxSize = 1024 * 1024;

    private readonly byte[] _data;
    private readonly int _bodySize;

    private RootTransition(byte[] data, Suite suite, DateTimeOffset issuedAt, RootCertificate successor)
    {
        _data = data;
        _bodySize = data.Length - suite.Signature.SignatureSize;
        Suite = suite;
        IssuedAt = issuedAt;
        UnverifiedSuccessor = successor;
    }

    /// <summary>The configuration set of the root that signs.</summary>
    public Suite Suite { get; }

    /// <summary>When it was signed.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>The serial of the root that signs, as upper-case hexadecimal digits.</summary>
    public string RootSerialNumber => Convert.ToHexString(RootSerial);

    /// <summary>The new root, for people to look at: whether the old one said so, only verification tells.</summary>
    public RootCertificate UnverifiedSuccessor { get; }

    internal ReadOnlySpan<byte> RootSerial => _data.AsSpan(Purpose.Length, QstpProtocol.SerialSize);

    /// <summary>All but the signature.</summary>
    internal ReadOnlySpan<byte> Body => _data.AsSpan(0, _bodySize);

    internal ReadOnlySpan<byte> Signature => _data.AsSpan(_bodySize);

    // The purpose comes first, as in a revocation list, so that nothing else that a root signs passes for this.
    private static ReadOnlySpan<byte> Purpose => "Postern root transition v1"u8;

    /// <summary>Tells whether <paramref name="data"/> begins as a transition does.</summary>
    public static bool IsTransition(ReadOnlySpan<byte> data) => data.StartsWith(Purpose);

    /// <summary>Reads the binary form; nothing follows the signature.</summary>
    /// <exception cref="FormatException">The bytes are no transition.</exception>
    public static RootTransition Parse(ReadOnlySpan<byte> data)
    {
        if (!IsTransition(data)) throw new FormatException("This is no root transition: it does not begin as one.");
        if (data.Length is < HeaderSize or > MaxSize) throw new FormatException($"{data.Length} bytes are no root transition.");
        WireReader reader = new(data);
        reader.Bytes(Purpose.Length + QstpProtocol.SerialSize);
        byte id = reader.Byte();
        Suite suite = QstpSuites.FromId(id) ?? throw new FormatException($"The transition is of the configuration set {id}, which is not known.");
        ulong seconds = reader.UInt64();
        if (seconds > UnixTime.LastSecond) throw new FormatException($"The transition has a date that does not exist: {seconds}.");
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(reader.Bytes(sizeof(uint)));
        if ((long)data.Length != HeaderSize + (long)size + suite.Signature.SignatureSize)
        {
            throw new FormatException($"A root transition of set {suite.Id} with a certificate of {size} bytes does not have {data.Length}.");
        }

        RootCertificate successor = RootCertificate.Parse(data.Slice(HeaderSize, (int)size));
        return new RootTransition(data.ToArray(), suite, UnixTime.ToDate(seconds), successor);
    }

    /// <summary>The binary form.</summary>
    public byte[] ToBytes() => [.. _data];

    /// <summary>What is signed: purpose, the old root's serial and set, the date, the new root's certificate with its size in front.</summary>
    internal static byte[] WriteBody(Suite suite, ReadOnlySpan<byte> rootSerial, DateTimeOffset issuedAt, RootCertificate successor)
    {
        byte[] certificate = successor.ToBytes();
        byte[] body = new byte[HeaderSize + certificate.Length];
        WireWriter writer = new(body);
        writer.Bytes(Purpose);
        writer.Bytes(rootSerial);
        writer.Byte(suite.Id);
        writer.UInt64(UnixTime.ToSeconds(issuedAt));
        BinaryPrimitives.WriteUInt32LittleEndian(writer.Reserve(sizeof(uint)), (uint)certificate.Length);
        writer.Bytes(certificate);
        writer.ExpectEnd();
        return body;
    }

    internal static RootTransition Create(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => Parse([.. body, .. signature]);
}
