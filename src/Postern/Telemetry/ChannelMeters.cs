using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Postern.Telemetry;

/// <summary>
/// What is counted of channels, by protocol and role, in the meter <c>Postern</c>. Names and units are OpenTelemetry's; the table is in docs/metrics.md.
/// What nobody listens to costs a comparison.
/// </summary>
internal sealed class ChannelMeters
{
    public const string MeterName = "Postern";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<(string Protocol, bool IsClient), ChannelMeters> All = new();

    private static readonly Counter<long> Handshakes = Meter.CreateCounter<long>(
        "postern.handshakes", "{handshake}", "Handshakes that ended, well or not.");

    private static readonly Histogram<double> HandshakeDuration = Meter.CreateHistogram(
        "postern.handshake.duration",
        "s",
        "Time of a handshake, from its first packet or the accepted connection on.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Io = Meter.CreateCounter<long>("postern.io", "By", "Plaintext bytes of messages.");

    private static readonly Counter<long> Ratchets = Meter.CreateCounter<long>("postern.ratchets", "{ratchet}", "Replacements of a channel's keys.");

    private static readonly Counter<long> OpenFailures = Meter.CreateCounter<long>(
        "postern.open.failures", "{packet}", "Packets on established channels that were refused; each ends its channel.");

    private readonly KeyValuePair<string, object?> _protocol;
    private readonly KeyValuePair<string, object?> _role;
    private long _active;

    static ChannelMeters() => Meter.CreateObservableUpDownCounter(
        "postern.connections.active",
        () => All.Values.Select(meters => new Measurement<long>(Volatile.Read(ref meters._active), meters._protocol, meters._role)),
        "{connection}",
        "Established channels that are open.");

    private ChannelMeters(string protocol, bool isClient)
    {
        _protocol = new("postern.protocol", protocol);
        _role = new("postern.role", isClient ? "client" : "server");
    }

    /// <summary>A handshake that somebody listens to is an activity.</summary>
    public static ActivitySource Activities { get; } = new(MeterName);

    /// <summary>Somebody wants to know of handshakes.</summary>
    public static bool MeasuresHandshakes => Handshakes.Enabled || HandshakeDuration.Enabled || Activities.HasListeners();

    public static ChannelMeters For(string protocol, bool isClient) =>
        All.GetOrAdd((protocol, isClient), static key => new ChannelMeters(key.Protocol, key.IsClient));

    public void Opened() => Interlocked.Increment(ref _active);

    public void Closed() => Interlocked.Decrement(ref _active);

    /// <summary>A handshake ended.</summary>
    /// <param name="duration">Its time.</param>
    /// <param name="suite">The configuration set; null if it failed.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    public void HandshakeEnded(TimeSpan duration, string? suite, string? error)
    {
        TagList tags = [_protocol, _role, suite is null ? new("error.type", error) : new("postern.suite", suite)];
        Handshakes.Add(1, tags);
        HandshakeDuration.Record(duration.TotalSeconds, tags);
    }

    public void Sent(int size)
    {
        if (Io.Enabled) Io.Add(size, _protocol, _role, new("network.io.direction", "transmit"));
    }

    public void Received(int size)
    {
        if (Io.Enabled) Io.Add(size, _protocol, _role, new("network.io.direction", "receive"));
    }

    /// <summary>The keys were replaced, by this side or by the peer.</summary>
    public void Ratcheted(bool byPeer) => Ratchets.Add(1, _protocol, _role, new("postern.ratchet.initiator", byPeer ? "peer" : "self"));

    public void OpenFailed(ChannelError error) => OpenFailures.Add(1, _protocol, _role, new("error.type", error.ToString()));
}
