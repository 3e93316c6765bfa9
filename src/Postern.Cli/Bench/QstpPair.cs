using Postern.Qstp;

namespace Postern.Cli.Bench;

/// <summary>A client and a server of QSTP.</summary>
internal sealed class QstpPair(Suite suite) : ITunnelPair
{
    private readonly QstpIdentity _keys = new(suite);

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        QstpClientOptions options = new() { HandshakeTimeout = LoopbackTunnel.Patience };
        return (await QstpClient.AuthenticateAsync(stream, _keys.Verified, options, cancellationToken)).AsStream();
    }

    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        QstpServerOptions options = new() { Identities = [_keys.Identity], Limits = LoopbackTunnel.Limits };
        return (await QstpServer.AuthenticateAsync(stream, options, cancellationToken)).AsStream();
    }

    public void Dispose() => _keys.Dispose();
}
