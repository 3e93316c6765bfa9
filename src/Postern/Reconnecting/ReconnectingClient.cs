namespace Postern;

/// <summary>A client of any protocol that dials again when its channel breaks.</summary>
public static class ReconnectingClient
{
    /// <summary>
    /// Connects and runs <paramref name="session"/>; when that fails with a <see cref="ChannelException"/>, waits, connects anew and runs
    /// it again. Ends when the session returns, and then closes the channel properly.
    /// </summary>
    /// <param name="connect">Opens a channel, such as <c>token => QstpClient.ConnectAsync(endPoint, server, options, token)</c>.</param>
    /// <param name="session">
    /// Uses one connection. It must let the channel's exceptions through, and look at <see cref="ReconnectingSession.Unacknowledged"/> first.
    /// </param>
    /// <param name="policy">Waits and limits; the defaults if null.</param>
    /// <param name="waiting">Told of each failure and the wait that follows; null for nobody.</param>
    /// <param name="cancellationToken">Ends the session, the wait or the attempt.</param>
    /// <exception cref="ChannelException">
    /// It is of no use to try again (a key or certificate has expired or is not valid), or the attempts are used up.
    /// </exception>
    public static async Task RunAsync(
        ChannelConnector connect,
        Func<ReconnectingSession, CancellationToken, Task> session,
        ReconnectPolicy? policy = null,
        Action<ChannelException, TimeSpan>? waiting = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connect);
        ArgumentNullException.ThrowIfNull(session);
        policy ??= ReconnectPolicy.Default;
        DeliveryLog log = new(policy.MaxUnacknowledged);
        ChannelException? failure = null;
        int connection = 0;
        int failures = 0;
        while (true)
        {
            long? established = null;
            try
            {
                SecureChannel channel = await connect(cancellationToken).ConfigureAwait(false);
                await using (channel.ConfigureAwait(false))
                {
                    established = policy.TimeProvider.GetTimestamp();
                    await session(new ReconnectingSession(channel, ++connection, failure, log), cancellationToken).ConfigureAwait(false);
                    await channel.CloseAsync(cancellationToken).ConfigureAwait(false);
                    return;
                }
            }
            catch (ChannelException exception) when (IsPassing(exception.Error))
            {
                failure = exception;
            }

            if (established is { } start && policy.TimeProvider.GetElapsedTime(start) >= policy.StableAfter) failures = 0;
            failures++;
            if (failures >= policy.MaxAttempts) throw failure;
            TimeSpan delay = policy.DelayAfter(failures);
            waiting?.Invoke(failure, delay);
            await Task.Delay(delay, policy.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    // Only what this side knows for itself is final: whatever comes over the network, a refusal too, someone on the path can make up.
    private static bool IsPassing(ChannelError error) => error is not (
        ChannelError.ChannelClosed
        or ChannelError.KeyExpired
        or ChannelError.CertificateExpired
        or ChannelError.CertificateNotYetValid
        or ChannelError.CertificateInvalid
        or ChannelError.CertificateDenied
        or ChannelError.CertificateRevoked);
}
