namespace Postern.Cli.Bench;

/// <summary>Both ends of TLS 1.3 through <see cref="System.Net.Security.SslStream"/>. They wait with reads of no bytes, as ours do.</summary>
internal sealed class IdleTls : IIdleServer
{
    private readonly TlsPair _pair = new();
    private readonly LoopbackSockets _sockets = new();

    public TimeSpan Settling => TimeSpan.Zero;

    public async Task<IAsyncDisposable> ConnectAsync(CancellationToken cancellationToken)
    {
        LoopbackTunnel tunnel = await LoopbackTunnel.OpenAsync(_sockets, _pair, cancellationToken);
        _ = WaitAsync(tunnel.Client);
        _ = WaitAsync(tunnel.Server);
        return tunnel;
    }

    public ValueTask DisposeAsync()
    {
        _pair.Dispose();
        _sockets.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task WaitAsync(Stream stream)
    {
        try
        {
#pragma warning disable CA2022 // A read of no bytes waits until there are some.
            _ = await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nobody needs it any more.
        }
    }
}
