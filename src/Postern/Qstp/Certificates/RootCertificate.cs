using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>The root of trust: the key that server certificates are signed with. (QSTP §5.1, §5.5)</summary>
public sealed class RootCertificate : Certificate
{
    private const int FixedSize = QstpProtocol.HashSize + IssuerSize + QstpProtocol.SerialSize + 18;

    private RootCertificate(Suite suite, in CertificateFields fields, ExternalAuthority? authority)
        : base(suite, fields) => Authority = authority;

    /// <summary>The outside authority that signed this root, or null for a root that signed itself.</summary>
    public ExternalAuthority? Authority { get; }

    /// <summary>SHA3-256 of the whole certificate, as hexadecimal digits: what people compare before they trust it.</summary>
    public string Fingerprint
    {
        get
        {
            Span<byte> digest = stackalloc byte[Sha3.DigestSize256];
            Sha3.HashData256(ToBytes(), digest);
            return Convert.ToHexString(digest);
        }
    }

    /// <summary>Reads the binary file form; set and size must agree exactly.</summary>
    /// <exception cref="FormatException">The bytes are no root certificate of a known set.</exception>
    public static RootCertificate Parse(ReadOnlySpan<byte> data)
    {
        foreach (bool external in (ReadOnlySpan<bool>)[false, true])
        {
            int authoritySize = external ? ExternalAuthority.Size : 0;
            foreach (Suite suite in QstpSuites.All)
            {
                if (data.Length != SizeOf(suite) + authoritySize) continue;
                if (data[^(authoritySize + 2)] == suite.Id) return Parse(suite, data, external);
            }
        }

        throw FileKind.Explain("root certificate", data, suite => SizeOf(suite));
    }

    /// <inheritdoc/>
    public override byte[] ToBytes()
    {
        byte[] data = new byte[SizeOf(Suite) + (Authority is null ? 0 : ExternalAuthority.Size)];
        WireWriter writer = new(data);
        writer.Bytes(Signature);
        writer.Bytes(SignedHash);
        writer.Bytes(VerificationKey);
        writer.Bytes(IssuerField);
        writer.Bytes(Serial);
        WriteTail(ref writer);
        Authority?.Write(ref writer);
        writer.ExpectEnd();
        return data;
    }

    /// <summary>
    /// Checks that this root signed itself and is valid now.
    /// </summary>
    /// <exception cref="ChannelException">It did not, or is not, or an outside authority signed it.</exception>
    public void VerifySelf(VerificationPolicy? policy = null) => ChainVerifier.VerifyRoot(this, policy ?? VerificationPolicy.Default);

    /// <summary>Checks the signature of the outside authority whose verification key is given, by its own scheme. (QSTP §5.5)</summary>
    /// <exception cref="ChannelException">The signature is not the authority's.</exception>
    public void VerifyAuthority(ReadOnlySpan<byte> authorityKey) => ChainVerifier.VerifyAuthority(this, authorityKey);

    /// <summary>
    /// The same root, to be signed by an outside authority instead of by itself: <see cref="Certificate.Hash"/> is what the authority
    /// signs. (QSTP §5.5)
    /// </summary>
    /// <exception cref="ArgumentException">The authority's signatures have another size than the root's, which the file has room for.</exception>
    public RootCertificate ForAuthority(ExternalAuthority authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        if (authority.Scheme?.SignatureSize != Suite.Signature.SignatureSize)
        {
            throw new ArgumentException($"A root of {Suite} has room for a signature of {Suite.Signature}, which is not the authority's scheme.", nameof(authority));
        }

        return new RootCertificate(
            Suite, Fields with { Signature = new byte[Suite.Signature.SignatureSize], SignedHash = new byte[QstpProtocol.HashSize] }, authority);
    }

    /// <summary>The root with the outside authority's signature over <see cref="Certificate.Hash"/>, which is verified first.</summary>
    /// <exception cref="ChannelException">The signature is not the authority's.</exception>
    /// <exception cref="InvalidOperationException">No outside authority is to sign this root.</exception>
    public RootCertificate WithAuthoritySignature(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> authorityKey)
    {
        RootCertificate signed = WithSignature(signature, ComputeHash());
        signed.VerifyAuthority(authorityKey);
        return signed;
    }

    /// <summary>
    /// Checks the whole chain: this root's own signature, its validity, then the server certificate's signature, root serial,
    /// algorithm, version, validity and deny list. (QSTP §5.9)
    /// </summary>
    /// <returns>The proof that a client handshake asks for.</returns>
    /// <exception cref="ChannelException">A check failed.</exception>
    public VerifiedServer Verify(ServerCertificate certificate, VerificationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return ChainVerifier.Verify(this, certificate, policy ?? VerificationPolicy.Default);
    }

    /// <summary>Checks that this root, which must be valid, signed a revocation list. How old the list is does not matter here.</summary>
    /// <returns>What serials are looked up in.</returns>
    /// <exception cref="ChannelException">A check failed.</exception>
    public VerifiedRevocationList Verify(RevocationList list, VerificationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(list);
        return ChainVerifier.Verify(this, list, policy ?? VerificationPolicy.Default);
    }

    /// <summary>
    /// Checks that this root, which must be valid, says that another one follows it, and that the other one signed itself and is valid, too.
    /// </summary>
    /// <returns>The new root, which may be trusted as this one is.</returns>
    /// <exception cref="ChannelException">A check failed.</exception>
    public RootCertificate Verify(RootTransition transition, VerificationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return ChainVerifier.Verify(this, transition, policy ?? VerificationPolicy.Default);
    }

    /// <summary>The root's key made ready, while it is used: each chain needs it twice.</summary>
    internal MessageVerifier Verifier => ReadyVerifiers.Shared.Take(this, Suite.Signature, VerificationKey);

    internal static int SizeOf(Suite suite) => suite.Signature.SignatureSize + suite.Signature.VerificationKeySize + FixedSize;

    internal static RootCertificate Create(Suite suite, in CertificateFields fields, ExternalAuthority? authority = null) =>
        new(suite, fields, authority);

    internal RootCertificate WithSignature(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> hash) =>
        new(Suite, Fields with { Signature = signature, SignedHash = hash }, Authority);

    private protected override void AbsorbAuthority(ref KeccakSponge sponge) => Authority?.Absorb(ref sponge);

    private static RootCertificate Parse(Suite suite, ReadOnlySpan<byte> data, bool external)
    {
        WireReader reader = new(data);
        CertificateFields fields = new()
        {
            Signature = reader.Bytes(suite.Signature.SignatureSize),
            SignedHash = reader.Bytes(QstpProtocol.HashSize),
            VerificationKey = reader.Bytes(suite.Signature.VerificationKeySize),
            Issuer = reader.Bytes(IssuerSize),
            Serial = reader.Bytes(QstpProtocol.SerialSize),
            ValidFrom = reader.UInt64(),
            ValidTo = reader.UInt64(),
            Algorithm = reader.Byte(),
            Version = reader.Byte(),
        };
        ExternalAuthority? authority = external ? ExternalAuthority.Read(ref reader) : null;
        reader.ExpectEnd();
        return new RootCertificate(suite, fields, authority);
    }
}
