using Postern.Qsmp;

namespace Postern.Cli.Bench;

/// <summary>A client and a server of SIMPLEX.</summary>
internal sealed class SimplexPair : ITunnelPair
{
    private readonly QsmpPrivateKey _key;
    private readonly QsmpPublicKey _public;

    public SimplexPair(Suite suite)
    {
        _key = QsmpPrivateKey.Generate(suite);
        _public = _key.GetPublicKey(QsmpMode.Simplex);
    }

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpSimplexClientOptions options = new() { HandshakeTimeout = LoopbackTunnel.Patience };
        return (await QsmpSimplexClient.AuthenticateAsync(stream, _public, options, cancellationToken)).AsStream();
    }

    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpSimplexServerOptions options = new() { Keys = [_key], Limits = LoopbackTunnel.Limits };
        return (await QsmpSimplexServer.AuthenticateAsync(stream, options, cancellationToken)).AsStream();
    }

    public void Dispose() => _key.Dispose();
}
