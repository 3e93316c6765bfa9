using Postern.Qsmp;

namespace Postern.Cli.Bench;

/// <summary>A client and a server of SIMPLEX.</summary>
internal sealed class SimplexPair(Suite suite) : ITunnelPair
{
    private readonly QsmpPrivateKey _key = QsmpPrivateKey.Generate(suite);

    public async Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpSimplexClientOptions options = new() { HandshakeTimeout = LoopbackTunnel.Patience };
        return (await QsmpSimplexClient.AuthenticateAsync(stream, _key.GetPublicKey(QsmpMode.Simplex), options, cancellationToken)).AsStream();
    }

    public async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        QsmpSimplexServerOptions options = new() { Keys = [_key], Limits = LoopbackTunnel.Limits };
        return (await QsmpSimplexServer.AuthenticateAsync(stream, options, cancellationToken)).AsStream();
    }

    public void Dispose() => _key.Dispose();
}
