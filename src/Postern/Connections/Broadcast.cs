namespace Postern.Connections;

/// <summary>One message to many channels at once; a slow one costs only itself. (QSMP §8)</summary>
internal static class Broadcast
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    // The smallest of the protocols' limits, whatever channels there happen to be.
    private const int MaxMessageSize = 65_472;

    public static async Task<BroadcastResult> SendAsync(
        IReadOnlyList<SecureChannel> channels, ReadOnlyMemory<byte> message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (message.Length is 0 or > MaxMessageSize)
        {
            throw new ArgumentException($"A broadcast message has 1 to {MaxMessageSize} bytes, not {message.Length}.", nameof(message));
        }

        OptionCheck.Wait(timeout);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        bool[] sent = await Task.WhenAll(channels.Select(channel => SendAsync(channel, message, deadline.Token))).ConfigureAwait(false);
        int count = sent.Count(wasSent => wasSent);
        return new BroadcastResult(count, sent.Length - count);
    }

    private static async Task<bool> SendAsync(SecureChannel channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is ChannelException or InvalidOperationException)
        {
            // It ended at the same moment, or has said its goodbye.
            return false;
        }
        catch (OperationCanceledException)
        {
            // Even one that was only queued behind its own sender: a peer that reads nothing for so long gets no message in the middle.
            await channel.AbortAsync().ConfigureAwait(false);
            return false;
        }
    }
}
