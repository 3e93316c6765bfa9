using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>A server's signing key. (QSTP §5.4)</summary>
public sealed class ServerKey : SigningKeyFile
{
    /// <summary>Longest validity of a server key in days.</summary>
    public const int MaxValidityDays = 730;

    private const int FixedSize = Certificate.IssuerSize + QstpProtocol.HashSize + QstpProtocol.SerialSize + 18;

    private readonly byte[] _storedPairHash;

    private ServerKey(KeyFields fields, byte[] storedPairHash)
        : base(fields) => _storedPairHash = storedPairHash;

    /// <summary>The hash stored in the file; zero in files of the reference, which computes it anew each time it starts.</summary>
    internal ReadOnlySpan<byte> StoredPairHash => _storedPairHash;

    /// <summary>Makes a new server key, valid from now on.</summary>
    /// <param name="suite">The configuration set, which must be the root's.</param>
    /// <param name="issuer">The server's name, 1 to 32 printable ASCII characters.</param>
    /// <param name="validity">1 to 730 days.</param>
    /// <param name="clock">The clock; the system's if null.</param>
    public static ServerKey Generate(Suite suite, string issuer, TimeSpan validity, TimeProvider? clock = null) =>
        Generate(suite, issuer, validity, clock ?? TimeProvider.System, RandomSource.System);

    /// <summary>Reads the binary file form; set and size must agree exactly.</summary>
    /// <exception cref="FormatException">The bytes are no server key of a known set.</exception>
    public static ServerKey Parse(ReadOnlySpan<byte> data)
    {
        foreach (Suite suite in QstpSuites.All)
        {
            if (data.Length == SizeOf(suite) && data[^2] == suite.Id) return Parse(suite, data);
        }

        throw FileKind.Explain("server key", data, SizeOf);
    }

    /// <summary>The unsigned certificate of this key: the request that goes to the root.</summary>
    public ServerCertificate CreateRequest() => ServerCertificate.Create(Suite, UnsignedFields);

    /// <inheritdoc/>
    public override SecretBytes ToSecretBytes()
    {
        SecretBytes data = new(SizeOf(Suite));
        WireWriter writer = new(data.Span);
        writer.Bytes(IssuerField);
        writer.Bytes(_storedPairHash);
        WriteTail(ref writer);
        writer.ExpectEnd();
        return data;
    }

    internal static int SizeOf(Suite suite) => suite.Signature.SigningKeySize + suite.Signature.VerificationKeySize + FixedSize;

    internal static ServerKey Generate(Suite suite, string issuer, TimeSpan validity, TimeProvider clock, RandomSource random) =>
        new(KeyFields.Generate(suite, issuer, validity, MaxValidityDays, clock, random), new byte[QstpProtocol.HashSize]);

    private static ServerKey Parse(Suite suite, ReadOnlySpan<byte> data)
    {
        WireReader reader = new(data);
        ReadOnlySpan<byte> issuer = reader.Bytes(Certificate.IssuerSize);
        byte[] pairHash = reader.Bytes(QstpProtocol.HashSize).ToArray();
        return new ServerKey(KeyFields.Read(suite, issuer, ref reader), pairHash);
    }
}
