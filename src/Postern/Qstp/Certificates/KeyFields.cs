using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>The fields of a key file, read or freshly made. Whoever takes them owns the signing key.</summary>
internal sealed record KeyFields
{
    public required Suite Suite { get; init; }

    public required byte[] Issuer { get; init; }

    public required byte[] Serial { get; init; }

    public required SecretBytes SigningKey { get; init; }

    public required byte[] VerificationKey { get; init; }

    public required ulong ValidFrom { get; init; }

    public required ulong ValidTo { get; init; }

    public required byte Version { get; init; }

    /// <summary>A new key, valid from now on. Random bytes: those of the signature scheme, then the serial.</summary>
    public static KeyFields Generate(Suite suite, string issuer, TimeSpan validity, int maxDays, TimeProvider clock, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(suite);
        byte[] issuerField = SigningKeyFile.IssuerBytes(issuer);
        (ulong from, ulong to) = SigningKeyFile.Validity(validity, clock, maxDays);
        SecretBytes signingKey = new(suite.Signature.SigningKeySize);
        byte[] verificationKey = new byte[suite.Signature.VerificationKeySize];
        suite.Signature.GenerateKeyPair(random, verificationKey, signingKey.Span);
        byte[] serial = new byte[QstpProtocol.SerialSize];
        random.Fill(serial);
        return new KeyFields
        {
            Suite = suite,
            Issuer = issuerField,
            Serial = serial,
            SigningKey = signingKey,
            VerificationKey = verificationKey,
            ValidFrom = from,
            ValidTo = to,
            Version = Certificate.CurrentVersion,
        };
    }

    /// <summary>serial || signing key || verification key || LE64 from || LE64 to || algorithm || version, to the end. (QSTP §5.3, §5.4)</summary>
    public static KeyFields Read(Suite suite, ReadOnlySpan<byte> issuer, ref WireReader reader)
    {
        byte[] serial = reader.Bytes(QstpProtocol.SerialSize).ToArray();
        SecretBytes signingKey = new(reader.Bytes(suite.Signature.SigningKeySize));
        byte[] verificationKey = reader.Bytes(suite.Signature.VerificationKeySize).ToArray();
        ulong from = reader.UInt64();
        ulong to = reader.UInt64();
        reader.Byte(); // The algorithm, which chose the suite.
        byte version = reader.Byte();
        reader.ExpectEnd();
        return new KeyFields
        {
            Suite = suite,
            Issuer = issuer.ToArray(),
            Serial = serial,
            SigningKey = signingKey,
            VerificationKey = verificationKey,
            ValidFrom = from,
            ValidTo = to,
            Version = version,
        };
    }
}
