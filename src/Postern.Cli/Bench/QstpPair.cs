using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Bench;

/// <summary>A client and a server of QSTP.</summary>
internal sealed class QstpPair : ITunnelPair
{
    private readonly ServerIdentity _identity;
    private readonly VerifiedServer _verified;

    public QstpPair(Suite suite)
    {
        using RootKey root = RootKey.Generate(suite, "measure", TimeSpan.FromDays(2));
        ServerKey key = ServerKey.Generate(suite, "measure", TimeSpan.FromDays(1));
        RootCertificate rootCertificate = root.CreateCertificate();
        ServerCertificate certificate = root.SignCertificate(key.CreateRequest());
        _verified = rootCertificate.Verify(certificate);
        _identity = ServerIdentity.Create(rootCertificate, certificate, key);
    }

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        QstpClientOptions options = new() { HandshakeTimeout = LoopbackTunnel.Patience };
        return (await QstpClient.AuthenticateAsync(stream, _verified, options, cancellationToken)).AsStream();
    }

    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        QstpServerOptions options = new() { Identities = [_identity], Limits = LoopbackTunnel.Limits };
        return (await QstpServer.AuthenticateAsync(stream, options, cancellationToken)).AsStream();
    }

    public void Dispose() => _identity.Dispose();
}
