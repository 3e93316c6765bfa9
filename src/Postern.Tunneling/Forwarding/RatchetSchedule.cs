namespace Postern.Tunneling;

/// <summary>Counts what a channel sends and ratchets it when it is time. One sender at a time.</summary>
public sealed class RatchetSchedule(SecureChannel channel, RelayOptions options)
{
    private long _bytes;
    private long _messages;

    /// <summary>Notes that a message was sent, and ratchets if it was the last before one is due.</summary>
    /// <returns>Whether it ratcheted.</returns>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public async ValueTask<bool> SentAsync(int size)
    {
        _bytes += size;
        _messages++;
        if (!(_bytes >= options.RatchetAfterBytes || _messages >= options.RatchetAfterMessages)) return false;
        _bytes = 0;
        _messages = 0;
        try
        {
            await channel.RatchetAsync().ConfigureAwait(false);
            ForwardingLog.Ratcheted(options.Logger, channel.RemoteEndPoint);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The peer has sent nothing since the last few: the next is tried when it is due again.
            return false;
        }
    }
}
