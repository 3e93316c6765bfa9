using Postern.Qsmp;

namespace Postern.Cli.Bench;

/// <summary>A sender and a listener of DUPLEX.</summary>
internal sealed class DuplexPair : ITunnelPair
{
    private readonly QsmpPrivateKey _sender;
    private readonly QsmpPrivateKey _listener;
    private readonly QsmpDuplexListenOptions _options;
    private readonly QsmpPublicKey _listenerPublic;

    public DuplexPair(Suite suite)
    {
        _sender = QsmpPrivateKey.Generate(suite);
        _listener = QsmpPrivateKey.Generate(suite);
        _options = new QsmpDuplexListenOptions
        {
            Keys = [_listener],
            TrustedKeys = TrustedKeys.Of(_sender.GetPublicKey(QsmpMode.Duplex)),
            Limits = LoopbackTunnel.Limits,
        };
        _listenerPublic = _listener.GetPublicKey(QsmpMode.Duplex);
    }

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpDuplexConnectOptions options = new() { HandshakeTimeout = LoopbackTunnel.Patience };
        return (await QsmpDuplexPeer.AuthenticateAsSenderAsync(
            stream, _sender, _listenerPublic, options, cancellationToken)).AsStream();
    }

    // The options are kept, as a listener keeps them: with them what follows from the sender's key.
    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken) =>
        (await QsmpDuplexPeer.AuthenticateAsListenerAsync(stream, _options, cancellationToken)).AsStream();

    public void Dispose()
    {
        _sender.Dispose();
        _listener.Dispose();
    }
}
