using System.Security.Cryptography;
using System.Text;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>What root and server key files share: the expanded signing key and the fields of the certificate made from it. (QSTP §5.3)</summary>
public abstract class SigningKeyFile : IDisposable
{
    private readonly byte[] _issuer;
    private readonly byte[] _serial;
    private readonly byte[] _verificationKey;
    private readonly LongTermSigner _signer;

    private protected SigningKeyFile(KeyFields fields)
    {
        Suite = fields.Suite;
        _issuer = fields.Issuer;
        _serial = fields.Serial;
        _signer = new LongTermSigner(fields.Suite.Signature, fields.SigningKey);
        _verificationKey = fields.VerificationKey;
        ValidFromSeconds = fields.ValidFrom;
        ValidToSeconds = fields.ValidTo;
        Version = fields.Version;
    }

    /// <summary>The configuration set, from the algorithm byte.</summary>
    public Suite Suite { get; }

    /// <summary>Free text that names the holder, at most 32 ASCII characters.</summary>
    public string Issuer => Encoding.ASCII.GetString(_issuer).TrimEnd('\0');

    /// <summary>The 16 random bytes that name key and certificate, as upper-case hexadecimal digits.</summary>
    public string SerialNumber => Convert.ToHexString(_serial);

    /// <summary>Start of the validity.</summary>
    public DateTimeOffset ValidFrom => UnixTime.ToDate(ValidFromSeconds);

    /// <summary>End of the validity; this second is still valid.</summary>
    public DateTimeOffset ValidTo => UnixTime.ToDate(ValidToSeconds);

    internal byte Version { get; }

    internal ulong ValidFromSeconds { get; }

    internal ulong ValidToSeconds { get; }

    internal ReadOnlySpan<byte> IssuerField => _issuer;

    internal ReadOnlySpan<byte> Serial => _serial;

    internal ReadOnlySpan<byte> VerificationKey => _verificationKey;

    internal ReadOnlySpan<byte> SigningKey => _signer.Bytes;

    /// <summary>Tells whether <paramref name="certificate"/> is of this key: the same set, serial and verification key.</summary>
    public bool BelongsTo(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Suite == certificate.Suite
            && CryptographicOperations.FixedTimeEquals(Serial, certificate.Serial)
            && CryptographicOperations.FixedTimeEquals(VerificationKey, certificate.VerificationKey);
    }

    /// <summary>The binary file form, with the secret key in clear: the caller erases it.</summary>
    public abstract SecretBytes ToSecretBytes();

    /// <summary>Erases the signing key.</summary>
    public void Dispose()
    {
        _signer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The fields of this key's certificate before anyone signed it.</summary>
    internal CertificateFields UnsignedFields => new()
    {
        Signature = new byte[Suite.Signature.SignatureSize],
        SignedHash = new byte[QstpProtocol.HashSize],
        VerificationKey = VerificationKey,
        Issuer = IssuerField,
        Serial = Serial,
        RootSerial = new byte[QstpProtocol.SerialSize],
        ValidFrom = ValidFromSeconds,
        ValidTo = ValidToSeconds,
        Algorithm = Suite.Id,
        Version = Version,
    };

    internal void Sign(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature) =>
        _signer.Sign(random, message, signature);

    internal static bool IsIssuer(string text) =>
        text.Length is > 0 and <= Certificate.IssuerSize && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    internal static byte[] IssuerBytes(string issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        if (!IsIssuer(issuer))
        {
            throw new ArgumentException($"An issuer is 1 to {Certificate.IssuerSize} printable ASCII characters.", nameof(issuer));
        }

        byte[] field = new byte[Certificate.IssuerSize];
        Encoding.ASCII.GetBytes(issuer, field);
        return field;
    }

    /// <summary>Days as the reference counts them: at least one, at most 730. (QSTP §5.7)</summary>
    internal static (ulong From, ulong To) Validity(TimeSpan validity, TimeProvider clock, int maxDays)
    {
        if (validity < TimeSpan.FromDays(1) || validity > TimeSpan.FromDays(maxDays))
        {
            throw new ArgumentOutOfRangeException(nameof(validity), validity, $"The validity is 1 to {maxDays} days.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        return (UnixTime.ToSeconds(now), UnixTime.ToSeconds(now + validity));
    }

    /// <summary>From the serial to the end of the file.</summary>
    private protected void WriteTail(ref WireWriter writer)
    {
        writer.Bytes(_serial);
        writer.Bytes(SigningKey);
        writer.Bytes(_verificationKey);
        writer.UInt64(ValidFromSeconds);
        writer.UInt64(ValidToSeconds);
        writer.Byte(Suite.Id);
        writer.Byte(Version);
    }
}
