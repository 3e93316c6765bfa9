using System.Net;
using Postern.Qstp;

namespace Postern.Cli.Bench;

/// <summary>A QSTP server as the library runs it, and clients.</summary>
internal sealed class IdleQstp : IIdleServer
{
    private readonly QstpIdentity _keys;
    private readonly QstpServer _server;

    public IdleQstp(Suite suite)
    {
        _keys = new QstpIdentity(suite);
        QstpServerOptions options = new() { Identities = [_keys.Identity], Limits = new ConnectionLimits { MaxConnectsPerSecondPerAddress = int.MaxValue } };
        _server = QstpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), options, async (channel, stop) => await channel.WaitForMessageAsync(stop));
    }

    // Ten seconds of silence, and the server's sweep after them.
    public TimeSpan Settling { get; } = TimeSpan.FromSeconds(27);

    public async Task<IAsyncDisposable> ConnectAsync(CancellationToken cancellationToken)
    {
        SecureChannel channel = await QstpClient.ConnectAsync(_server.LocalEndPoint, _keys.Verified, cancellationToken: cancellationToken);
        _ = WaitAsync(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _keys.Dispose();
    }

    private static async Task WaitAsync(SecureChannel channel)
    {
        try
        {
            await channel.WaitForMessageAsync();
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            // Nobody needs it any more.
        }
    }
}
