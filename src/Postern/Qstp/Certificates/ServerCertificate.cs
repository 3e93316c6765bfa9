using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>A server's certificate. Unsigned it is the request that goes to the root. (QSTP §5.2)</summary>
public sealed class ServerCertificate : Certificate
{
    private const int FixedSize = QstpProtocol.HashSize + IssuerSize + (2 * QstpProtocol.SerialSize) + 18;

    private readonly byte[] _rootSerial;

    private ServerCertificate(Suite suite, in CertificateFields fields)
        : base(suite, fields) => _rootSerial = fields.RootSerial.ToArray();

    /// <summary>The serial of the root that signed it, as upper-case hexadecimal digits; zeros while unsigned.</summary>
    public string RootSerialNumber => Convert.ToHexString(_rootSerial);

    internal ReadOnlySpan<byte> RootSerial => _rootSerial;

    /// <summary>Reads the binary file form; set and size must agree exactly.</summary>
    /// <exception cref="FormatException">The bytes are no server certificate of a known set.</exception>
    public static ServerCertificate Parse(ReadOnlySpan<byte> data)
    {
        foreach (Suite suite in QstpSuites.All)
        {
            if (data.Length == SizeOf(suite) && data[^2] == suite.Id) return Parse(suite, data);
        }

        throw FileKind.Explain("server certificate", data, SizeOf);
    }

    /// <inheritdoc/>
    public override byte[] ToBytes()
    {
        byte[] data = new byte[SizeOf(Suite)];
        WireWriter writer = new(data);
        writer.Bytes(Signature);
        writer.Bytes(SignedHash);
        writer.Bytes(VerificationKey);
        writer.Bytes(IssuerField);
        writer.Bytes(Serial);
        writer.Bytes(_rootSerial);
        WriteTail(ref writer);
        writer.ExpectEnd();
        return data;
    }

    internal static int SizeOf(Suite suite) => suite.Signature.SignatureSize + suite.Signature.VerificationKeySize + FixedSize;

    internal static ServerCertificate Create(Suite suite, in CertificateFields fields) => new(suite, fields);

    /// <summary>The same certificate under another root and with other dates, not signed yet.</summary>
    internal ServerCertificate ForRoot(ReadOnlySpan<byte> rootSerial, ulong validFrom, ulong validTo) => new(
        Suite,
        Fields with
        {
            Signature = new byte[Suite.Signature.SignatureSize],
            SignedHash = new byte[QstpProtocol.HashSize],
            RootSerial = rootSerial,
            ValidFrom = validFrom,
            ValidTo = validTo,
        });

    internal ServerCertificate WithSignature(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> hash) =>
        new(Suite, Fields with { Signature = signature, SignedHash = hash });

    private protected override ReadOnlySpan<byte> RootSerialField => _rootSerial;

    private protected override void AbsorbParent(ref KeccakSponge sponge) => sponge.Absorb(_rootSerial);

    private static ServerCertificate Parse(Suite suite, ReadOnlySpan<byte> data)
    {
        WireReader reader = new(data);
        CertificateFields fields = new()
        {
            Signature = reader.Bytes(suite.Signature.SignatureSize),
            SignedHash = reader.Bytes(QstpProtocol.HashSize),
            VerificationKey = reader.Bytes(suite.Signature.VerificationKeySize),
            Issuer = reader.Bytes(IssuerSize),
            Serial = reader.Bytes(QstpProtocol.SerialSize),
            RootSerial = reader.Bytes(QstpProtocol.SerialSize),
            ValidFrom = reader.UInt64(),
            ValidTo = reader.UInt64(),
            Algorithm = reader.Byte(),
            Version = reader.Byte(),
        };
        reader.ExpectEnd();
        return new ServerCertificate(suite, fields);
    }
}
