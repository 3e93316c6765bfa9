using System.Text;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>
/// What root and server certificates share. A certificate is immutable; its text form and its files hold the same fields.
/// (QSTP §5.1, §5.2)
/// </summary>
public abstract class Certificate
{
    /// <summary>The only version there is.</summary>
    public const byte CurrentVersion = 1;

    internal const int IssuerSize = 32;

    private readonly byte[] _signature;
    private readonly byte[] _signedHash;
    private readonly byte[] _verificationKey;
    private readonly byte[] _issuer;
    private readonly byte[] _serial;

    private protected Certificate(Suite suite, in CertificateFields fields)
    {
        Suite = suite;
        _signature = fields.Signature.ToArray();
        _signedHash = fields.SignedHash.ToArray();
        _verificationKey = fields.VerificationKey.ToArray();
        _issuer = fields.Issuer.ToArray();
        _serial = fields.Serial.ToArray();
        ValidFromSeconds = fields.ValidFrom;
        ValidToSeconds = fields.ValidTo;
        Version = fields.Version;
    }

    /// <summary>The configuration set, from the algorithm byte.</summary>
    public Suite Suite { get; }

    /// <summary>Free text that names the holder, at most 32 ASCII characters.</summary>
    public string Issuer => Encoding.ASCII.GetString(_issuer).TrimEnd('\0');

    /// <summary>The 16 random bytes that name this certificate, as upper-case hexadecimal digits.</summary>
    public string SerialNumber => field ??= Convert.ToHexString(_serial);

    /// <summary>Start of the validity.</summary>
    public DateTimeOffset ValidFrom => UnixTime.ToDate(ValidFromSeconds);

    /// <summary>End of the validity; this second is still valid.</summary>
    public DateTimeOffset ValidTo => UnixTime.ToDate(ValidToSeconds);

    /// <summary>Format version; only 1 exists.</summary>
    public byte Version { get; }

    /// <summary>The hash that the signature is over, computed from the fields. 32 bytes. (QSTP §5.1, §5.2)</summary>
    public ReadOnlyMemory<byte> Hash => ComputeHash();

    /// <summary>True once a root has signed it; whether rightly, only verification tells.</summary>
    public bool IsSigned => _signedHash.AsSpan().ContainsAnyExcept((byte)0);

    internal ulong ValidFromSeconds { get; }

    internal ulong ValidToSeconds { get; }

    internal ReadOnlySpan<byte> Signature => _signature;

    /// <summary>The hash stored behind the signature, which must equal <see cref="Hash"/>.</summary>
    internal ReadOnlySpan<byte> SignedHash => _signedHash;

    internal ReadOnlySpan<byte> VerificationKey => _verificationKey;

    internal ReadOnlySpan<byte> IssuerField => _issuer;

    internal ReadOnlySpan<byte> Serial => _serial;

    /// <summary>The binary file form.</summary>
    public abstract byte[] ToBytes();

    /// <summary>Tells whether this and <paramref name="other"/> are the same certificate, signature included.</summary>
    public bool IsSameAs(Certificate? other) =>
        other is not null && other.GetType() == GetType() && ToBytes().AsSpan().SequenceEqual(other.ToBytes());

    /// <summary>All fields as they are, for a certificate that differs in some.</summary>
    internal CertificateFields Fields => new()
    {
        Signature = Signature,
        SignedHash = SignedHash,
        VerificationKey = VerificationKey,
        Issuer = IssuerField,
        Serial = Serial,
        RootSerial = RootSerialField,
        ValidFrom = ValidFromSeconds,
        ValidTo = ValidToSeconds,
        Algorithm = Suite.Id,
        Version = Version,
    };

    /// <summary>The serial of the root that signed it; empty in a root's own certificate.</summary>
    private protected virtual ReadOnlySpan<byte> RootSerialField => [];

    /// <summary>valid-from ≤ now ≤ valid-to, both inclusive.</summary>
    internal bool IsValidAt(ulong now) => ValidFromSeconds <= now && now <= ValidToSeconds;

    internal byte[] ComputeHash()
    {
        KeccakSponge sponge = KeccakSponge.Sha3_256();
        sponge.Absorb(VerificationKey);
        sponge.Absorb(IssuerField);
        sponge.Absorb(Serial);
        AbsorbParent(ref sponge);
        Span<byte> tail = stackalloc byte[18];
        WireWriter writer = new(tail);
        WriteTail(ref writer);
        sponge.Absorb(tail);
        AbsorbAuthority(ref sponge);
        byte[] hash = new byte[QstpProtocol.HashSize];
        sponge.Squeeze(hash);
        return hash;
    }

    /// <summary>LE64 from || LE64 to || algorithm || version, in the files and in the hash.</summary>
    private protected void WriteTail(ref WireWriter writer)
    {
        writer.UInt64(ValidFromSeconds);
        writer.UInt64(ValidToSeconds);
        writer.Byte(Suite.Id);
        writer.Byte(Version);
    }

    private protected virtual void AbsorbParent(ref KeccakSponge sponge)
    {
    }

    private protected virtual void AbsorbAuthority(ref KeccakSponge sponge)
    {
    }
}
