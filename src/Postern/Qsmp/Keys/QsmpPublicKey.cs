using Postern.Channels;
using Postern.Cryptography;
using Postern.Qsmp.Duplex;

namespace Postern.Qsmp;

/// <summary>The public half of a key: what its holder gives to the peers. (QSMP §1.14)</summary>
public sealed class QsmpPublicKey
{
    private readonly KeyIdentification _key;

    internal QsmpPublicKey(QsmpMode mode, KeyIdentification key)
    {
        if (!Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode.");
        Mode = mode;
        _key = key;
    }

    /// <summary>The mode that the file is labelled with. The reference ignores the label; here a key serves the mode it is labelled with.</summary>
    public QsmpMode Mode { get; }

    /// <summary>The configuration set that the key is for.</summary>
    public Suite Suite => _key.Suite;

    /// <summary>The 16 random bytes that name the key, as lower-case hexadecimal digits.</summary>
    public string KeyIdentity => _key.IdentityText;

    /// <summary>End of the validity; this second is still valid.</summary>
    public DateTimeOffset Expiration => _key.Expiration;

    /// <summary>
    /// SHA3-256 of configuration, expiration, identity and key, as 64 hexadecimal digits: what people compare before they trust it. The mode
    /// is not in it.
    /// </summary>
    public string Fingerprint => _key.Fingerprint;

    internal ReadOnlySpan<byte> Identity => _key.Identity;

    internal ReadOnlySpan<byte> VerificationKey => _key.VerificationKey;

    /// <summary>The same, for whoever keeps it: not a copy for each channel.</summary>
    internal ReadOnlyMemory<byte> VerificationKeyMemory => _key.VerificationKeyMemory;

    /// <summary>
    /// The key made ready, while it is used: for whoever dials its holder. A listener keeps those of its own <see cref="RecentVerifiers"/>, which
    /// no other use of keys pushes out.
    /// </summary>
    internal MessageVerifier Verifier => ReadyVerifiers.Shared.Take(this, Suite.Signature, VerificationKey);

    internal ulong ExpirationSeconds => _key.ExpirationSeconds;

    /// <summary>Tells whether <paramref name="data"/> begins like a public key of either mode.</summary>
    public static bool IsText(ReadOnlySpan<byte> data) => data.StartsWith("------BEGIN QSMS "u8) || data.StartsWith("------BEGIN QSMD "u8);

    /// <summary>
    /// Reads the text form (<c>.qpkey</c>) to its end. The zero byte that the reference puts there may be missing, lines may end in CR LF, and
    /// blanks at the end of lines and of the text do not count.
    /// </summary>
    /// <exception cref="FormatException">The text is of another form, or for an unknown set. The message names the line.</exception>
    public static QsmpPublicKey Parse(ReadOnlySpan<byte> file) => PublicKeyText.Parse(file);

    /// <summary>The text form, byte for byte as the reference writes it, with the zero byte at its end.</summary>
    public byte[] ToBytes() => PublicKeyText.Format(this);

    /// <summary>Mode, set and identity.</summary>
    public override string ToString() => $"{PublicKeyText.LabelOf(Mode)} key {KeyIdentity} ({Suite})";

    internal bool IsValidAt(ulong now) => _key.IsValidAt(now);
}
