using Postern.Cryptography;

namespace Postern.Qstp.Certificates;

/// <summary>What a server answers with: its certificate, its signing key, and the pair hash of certificate and root. Loaded once, shared.</summary>
public sealed class ServerIdentity : IDisposable
{
    private readonly ServerKey _key;
    private readonly byte[] _pairHash;

    private ServerIdentity(ServerCertificate certificate, ServerKey key, byte[] pairHash)
    {
        Certificate = certificate;
        _key = key;
        _pairHash = pairHash;
    }

    /// <summary>The server's certificate, signed by the root.</summary>
    public ServerCertificate Certificate { get; }

    /// <summary>The configuration set of its connections.</summary>
    public Suite Suite => Certificate.Suite;

    /// <summary>End of the key file's own validity, which no renewal prolongs.</summary>
    public DateTimeOffset KeyValidTo => _key.ValidTo;

    internal ReadOnlySpan<byte> PairHash => _pairHash;

    internal ReadOnlySpan<byte> Serial => Certificate.Serial;

    /// <summary>
    /// Puts root, certificate and key together: verifies the chain, and that the key is the certificate's. Takes over
    /// <paramref name="key"/>.
    /// </summary>
    /// <exception cref="ChannelException">A check of the chain failed.</exception>
    /// <exception cref="ArgumentException">The key belongs to another certificate.</exception>
    public static ServerIdentity Create(
        RootCertificate root, ServerCertificate certificate, ServerKey key, VerificationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        VerifiedServer verified = root.Verify(certificate, policy);
        if (!key.BelongsTo(certificate))
        {
            throw new ArgumentException(
                $"The key {key.SerialNumber} does not belong to the certificate {certificate.SerialNumber}.", nameof(key));
        }

        // A damaged signing key would only show in clients that refuse the handshake.
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(RandomSource.System, verified.PairHash, signature);
        if (!key.Suite.Signature.Verify(certificate.VerificationKey, verified.PairHash, signature))
        {
            throw new ArgumentException($"The key {key.SerialNumber} is damaged: it does not sign for its certificate.", nameof(key));
        }

        return new ServerIdentity(certificate, key, verified.PairHash.ToArray());
    }

    /// <summary>Erases the signing key.</summary>
    public void Dispose() => _key.Dispose();

    internal void Sign(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature) => _key.Sign(random, message, signature);

    /// <summary>The certificate and the key file must both be unexpired; the root may have cut the certificate's validity. (QSTP §13.24)</summary>
    internal bool IsValidAt(ulong now) => now <= Certificate.ValidToSeconds && now <= _key.ValidToSeconds;
}
