using System.Diagnostics;
using Postern.Channels;
using Postern.Connections;
using Postern.Handshakes;

namespace Postern.Telemetry;

/// <summary>Runs a handshake, and says how it went to whoever listens.</summary>
internal static class MeasuredHandshake
{
    /// <inheritdoc cref="HandshakeDriver.RunAsync"/>
    public static Task<ChannelKeys> RunAsync(
        Handshake handshake,
        PacketTransport transport,
        HandshakeGate.Place? gate,
        TimeSpan timeout,
        ChannelContext context,
        CancellationToken cancellationToken) => ChannelMeters.MeasuresHandshakes
            ? MeasureAsync(handshake, transport, gate, timeout, context, cancellationToken)
            : HandshakeDriver.RunAsync(handshake, transport, gate, timeout, cancellationToken);

    private static async Task<ChannelKeys> MeasureAsync(
        Handshake handshake,
        PacketTransport transport,
        HandshakeGate.Place? gate,
        TimeSpan timeout,
        ChannelContext context,
        CancellationToken cancellationToken)
    {
        // Who speaks first has opened the connection.
        bool isClient = handshake.Next == HandshakeStep.Send;
        ChannelMeters meters = ChannelMeters.For(context.Protocol, isClient);
        TimeProvider clock = context.Clock.TimeProvider;
        long since = clock.GetTimestamp();
        using Activity? activity = ChannelMeters.Activities.StartActivity("postern.handshake", isClient ? ActivityKind.Client : ActivityKind.Server);
        activity?.SetTag("postern.protocol", context.Protocol);
        try
        {
            ChannelKeys keys = await HandshakeDriver.RunAsync(handshake, transport, gate, timeout, cancellationToken).ConfigureAwait(false);
            activity?.SetTag("postern.suite", keys.Suite.Name);
            meters.HandshakeEnded(clock.GetElapsedTime(since), keys.Suite.Name, null);
            return keys;
        }
        catch (Exception exception)
        {
            string error = exception is ChannelException { Error: var reason } ? reason.ToString() : "Cancelled";
            activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
            meters.HandshakeEnded(clock.GetElapsedTime(since), null, error);
            throw;
        }
    }
}
