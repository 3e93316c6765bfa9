using System.Net;
using System.Runtime.CompilerServices;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A client, and the channels that were opened with it.</summary>
internal sealed class DialledClient(LoadedClient client, EndPoint server)
{
    private readonly ChannelConnector _connect = client.To(server);
    private readonly ConditionalWeakTable<SecureChannel, object> _channels = [];
    private int _dialling;

    public LoadedClient Client => client;

    public async Task<SecureChannel> ConnectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _dialling);
        try
        {
            SecureChannel channel = await _connect(cancellationToken);
            _channels.Add(channel, this);
            return channel;
        }
        finally
        {
            Interlocked.Decrement(ref _dialling);
        }
    }

    /// <summary>It dials, or one of these channels was opened with it.</summary>
    public bool IsUsed(IReadOnlyList<SecureChannel> channels) =>
        Volatile.Read(ref _dialling) > 0 || channels.Any(channel => _channels.TryGetValue(channel, out _));
}
