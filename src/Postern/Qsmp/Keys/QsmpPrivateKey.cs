using System.Text;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qsmp;

/// <summary>
/// A peer's signing key, the same in both modes: only the text form of its public key says for which it is meant. (QSMP §1.14)
/// </summary>
public sealed class QsmpPrivateKey : IDisposable
{
    /// <summary>
    /// Longest validity of a new key in days: two years. The reference always takes one; nothing but the deletion of every copy of the
    /// public key ends a key before its time.
    /// </summary>
    public const int MaxValidityDays = 730;

    private const int DefaultValidityDays = 365;
    private const int HeadSize = QsmpProtocol.ConfigurationFieldSize + sizeof(ulong) + QsmpProtocol.KeyIdentitySize;

    private readonly KeyIdentification _key;
    private readonly LongTermSigner _signer;

    private QsmpPrivateKey(KeyIdentification key, SecretBytes signingKey)
    {
        _key = key;
        _signer = new LongTermSigner(key.Suite.Signature, signingKey);
    }

    /// <summary>The configuration set that this key is for.</summary>
    public Suite Suite => _key.Suite;

    /// <summary>The 16 random bytes that name the key, as lower-case hexadecimal digits.</summary>
    public string KeyIdentity => _key.IdentityText;

    /// <summary>End of the validity; this second is still valid.</summary>
    public DateTimeOffset Expiration => _key.Expiration;

    /// <summary>The fingerprint of the public key.</summary>
    public string Fingerprint => _key.Fingerprint;

    internal ReadOnlySpan<byte> Identity => _key.Identity;

    internal ReadOnlySpan<byte> VerificationKey => _key.VerificationKey;

    internal ulong ExpirationSeconds => _key.ExpirationSeconds;

    /// <summary>Makes a new key.</summary>
    /// <param name="suite">One of <see cref="QsmpSuites"/>; the default set if null.</param>
    /// <param name="validity">From now on, 1 to 730 days; 365 days if null, as the reference.</param>
    /// <param name="clock">The clock; the system's if null.</param>
    /// <exception cref="ArgumentException">The set is none of QSMP's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The validity is too short or too long.</exception>
    public static QsmpPrivateKey Generate(Suite? suite = null, TimeSpan? validity = null, TimeProvider? clock = null) =>
        Generate(suite, validity, clock ?? TimeProvider.System, RandomSource.System);

    /// <summary>Reads the binary file form (<c>.qskey</c>). Set, size and the two halves of the key pair must agree.</summary>
    /// <exception cref="FormatException">The bytes are no private key of a known set.</exception>
    public static QsmpPrivateKey Parse(ReadOnlySpan<byte> data)
    {
        KeyContainer.ExpectOpened(data);
        WireReader reader = new(data);
        Suite suite = ReadSuite(reader.Bytes(QsmpProtocol.ConfigurationFieldSize));
        if (data.Length != SizeOf(suite)) throw new FormatException($"A private key of {suite} has {SizeOf(suite)} bytes, not {data.Length}.");
        ulong expiration = reader.UInt64();
        if (expiration > UnixTime.LastSecond) throw new FormatException("The key would expire after the year 9999.");
        byte[] identity = reader.Bytes(QsmpProtocol.KeyIdentitySize).ToArray();
        ReadOnlySpan<byte> signingKey = reader.Bytes(suite.Signature.SigningKeySize);
        byte[] verificationKey = reader.Bytes(suite.Signature.VerificationKeySize).ToArray();
        reader.ExpectEnd();
        if (!suite.Signature.IsKeyPair(verificationKey, signingKey))
        {
            throw new FormatException("The signing key and the verification key do not belong together: the file is damaged.");
        }

        return new QsmpPrivateKey(new KeyIdentification(suite, expiration, identity, verificationKey), new SecretBytes(signingKey));
    }

    /// <summary>The binary file form, with the secret key in clear: the caller erases it.</summary>
    public SecretBytes ToSecretBytes()
    {
        SecretBytes data = new(SizeOf(Suite));
        WireWriter writer = new(data.Span);
        _key.WriteHead(ref writer);
        writer.Bytes(_signer.Bytes);
        writer.Bytes(VerificationKey);
        writer.ExpectEnd();
        return data;
    }

    /// <summary>The public half, for the peers.</summary>
    /// <param name="mode">The mode that the file is labelled with.</param>
    public QsmpPublicKey GetPublicKey(QsmpMode mode) => new(mode, _key);

    /// <summary>Erases the signing key.</summary>
    public void Dispose() => _signer.Dispose();

    internal static int SizeOf(Suite suite) => HeadSize + suite.Signature.SigningKeySize + suite.Signature.VerificationKeySize;

    /// <summary>Random bytes: those of the signature scheme, then the identity.</summary>
    internal static QsmpPrivateKey Generate(Suite? suite, TimeSpan? validity, TimeProvider clock, RandomSource random)
    {
        suite ??= QsmpSuites.Default;
        if (!QsmpSuites.All.Contains(suite)) throw new ArgumentException($"{suite} is no set of QSMP.", nameof(suite));
        TimeSpan span = validity ?? TimeSpan.FromDays(DefaultValidityDays);
        if (span < TimeSpan.FromDays(1) || span > TimeSpan.FromDays(MaxValidityDays))
        {
            throw new ArgumentOutOfRangeException(nameof(validity), span, $"The validity is 1 to {MaxValidityDays} days.");
        }

        SecretBytes signingKey = new(suite.Signature.SigningKeySize);
        byte[] verificationKey = new byte[suite.Signature.VerificationKeySize];
        suite.Signature.GenerateKeyPair(random, verificationKey, signingKey.Span);
        byte[] identity = new byte[QsmpProtocol.KeyIdentitySize];
        random.Fill(identity);
        ulong expiration = UnixTime.ToSeconds(clock.GetUtcNow() + span);
        return new QsmpPrivateKey(new KeyIdentification(suite, expiration, identity, verificationKey), signingKey);
    }

    internal bool IsValidAt(ulong now) => _key.IsValidAt(now);

    /// <summary>A copy for a set that differs in its KEM alone, for a replay that gives out recorded KEM keys.</summary>
    internal QsmpPrivateKey WithSuite(Suite suite) => new(
        new KeyIdentification(suite, ExpirationSeconds, Identity.ToArray(), VerificationKey.ToArray()), new SecretBytes(_signer.Bytes));

    /// <summary>Signs something that is no handshake's.</summary>
    internal void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Sign(RandomSource.System, message, signature);

    internal void Sign(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature) =>
        _signer.Sign(random, message, signature);

    private static Suite ReadSuite(ReadOnlySpan<byte> field)
    {
        if (QsmpSuites.FromField(field) is { } suite) return suite;
        ReadOnlySpan<byte> name = field.TrimEnd((byte)0);
        throw new FormatException(name.IsEmpty || name.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? "The data are no private key of QSMP: they do not begin with the name of a configuration set."
            : $"The data are no private key of a known configuration set: they begin with '{Encoding.ASCII.GetString(name)}'.");
    }
}
