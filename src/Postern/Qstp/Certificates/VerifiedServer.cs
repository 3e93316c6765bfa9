using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Qstp.Certificates;

/// <summary>
/// A server whose chain was verified: the only thing a client handshake accepts, and only <see cref="RootCertificate.Verify(ServerCertificate, VerificationPolicy?)"/> makes
/// one. Share it between connections:
/// what its first handshake computes from the server's key (up to 64 KiB with ML-DSA) serves the others.
/// </summary>
public sealed class VerifiedServer
{
    private readonly byte[] _pairHash;

    internal VerifiedServer(ServerCertificate certificate, byte[] pairHash)
    {
        Certificate = certificate;
        _pairHash = pairHash;
    }

    /// <summary>The server's certificate.</summary>
    public ServerCertificate Certificate { get; }

    /// <summary>The configuration set that connections use.</summary>
    public Suite Suite => Certificate.Suite;

    internal ReadOnlySpan<byte> PairHash => _pairHash;

    internal ReadOnlySpan<byte> Serial => Certificate.Serial;

    /// <summary>The server's key made ready, while it is used.</summary>
    internal MessageVerifier Verifier => ReadyVerifiers.Shared.Take(this, Suite.Signature, Certificate.VerificationKey);

    /// <summary>The end of the validity, which is checked again at each handshake. (QSTP §5.9)</summary>
    internal bool IsValidAt(ulong now) => now <= Certificate.ValidToSeconds;
}
