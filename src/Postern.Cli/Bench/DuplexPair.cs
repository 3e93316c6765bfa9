using Postern.Qsmp;

namespace Postern.Cli.Bench;

/// <summary>A sender and a listener of DUPLEX.</summary>
internal sealed class DuplexPair(Suite suite) : ITunnelPair
{
    private readonly QsmpPrivateKey _sender = QsmpPrivateKey.Generate(suite);
    private readonly QsmpPrivateKey _listener = QsmpPrivateKey.Generate(suite);

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpDuplexConnectOptions options = new() { HandshakeTimeout = LoopbackTunnel.Patience };
        return (await QsmpDuplexPeer.AuthenticateAsSenderAsync(
            stream, _sender, _listener.GetPublicKey(QsmpMode.Duplex), options, cancellationToken)).AsStream();
    }

    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpDuplexListenOptions options = new()
        {
            Keys = [_listener],
            TrustedKeys = TrustedKeys.Of(_sender.GetPublicKey(QsmpMode.Duplex)),
            Limits = LoopbackTunnel.Limits,
        };
        return (await QsmpDuplexPeer.AuthenticateAsListenerAsync(stream, options, cancellationToken)).AsStream();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _listener.Dispose();
    }
}
