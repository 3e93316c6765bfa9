using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Cli.Bench;

/// <summary>TLS 1.3 through <see cref="SslStream"/>: ECDSA P-256, no resumption. What is compared with.</summary>
internal sealed class TlsPair : ITunnelPair
{
    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;

    public TlsPair()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));

        // Not every platform takes a certificate whose key was never stored.
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
        _context = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
    }

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        SslStream tls = new(stream);
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = "localhost",
#pragma warning disable CA5398 // It is TLS 1.3 that is compared with.
            EnabledSslProtocols = SslProtocols.Tls13,
#pragma warning restore CA5398
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => _certificate.Equals(certificate),
        };
        await tls.AuthenticateAsClientAsync(options, cancellationToken);
        return tls;
    }

    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        SslStream tls = new(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _context, AllowTlsResume = false }, cancellationToken);
        return tls;
    }

    public void Dispose() => _certificate.Dispose();
}
