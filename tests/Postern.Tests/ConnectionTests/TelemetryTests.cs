using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests.ConnectionTests;

/// <summary>What the library tells of itself. Alone: listening changes what others measure, and they what is counted.</summary>
[Collection(nameof(TelemetryTests))]
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed partial class TelemetryTests
{
    [Fact]
    public void The_table_in_the_documentation_names_every_instrument()
    {
        List<string> instruments = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "Postern") instruments.Add($"{instrument.Name} {KindOf(instrument)} {instrument.Unit}");
        };
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Telemetry.ChannelMeters).TypeHandle);
        listener.Start();
        string[] rows = [.. File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "metrics.md"))
            .TakeWhile(line => line != "## The command")
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => $"{match.Groups["name"]} {match.Groups["kind"]} {match.Groups["unit"]}")];
        Assert.Equal(instruments.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_channel_counts_its_bytes_ratchets_and_life()
    {
        using Measurements measurements = new("test life");
        DuplexPipe pipe = new();
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(
            pipe, sender: context => context with { Protocol = "test life" }, listener: context => context with { Protocol = "test life" });
        Assert.Equal(1, measurements.Active("client"));
        Assert.Equal(1, measurements.Active("server"));
        byte[] buffer = new byte[100];
        await sender.SendAsync(new byte[70]);
        await sender.RatchetAsync();
        await sender.SendAsync(new byte[5]);
        await listener.ReceiveAsync(buffer);
        await listener.ReceiveAsync(buffer);
        await sender.AbortAsync();
        await listener.AbortAsync();
        Assert.Equal(75, measurements.Sum("postern.io", "client", "transmit"));
        Assert.Equal(75, measurements.Sum("postern.io", "server", "receive"));
        Assert.Equal(1, measurements.Sum("postern.ratchets", "client", "self"));
        Assert.Equal(1, measurements.Sum("postern.ratchets", "server", "peer"));
        Assert.Equal(0, measurements.Active("client"));
        Assert.Equal(0, measurements.Active("server"));
    }

    [Fact]
    public async Task A_forged_packet_is_counted()
    {
        using Measurements measurements = new("test forged");
        DuplexPipe pipe = new();
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(
            pipe, sender: context => context with { Protocol = "test forged" }, listener: context => context with { Protocol = "test forged" });
        await pipe.Client.WriteAsync(new byte[100]);
        await Assert.ThrowsAsync<ChannelException>(() => listener.ReceiveAsync(new byte[100]).AsTask());
        await sender.AbortAsync();
        Assert.Equal(1, measurements.Sum("postern.open.failures", "server", nameof(ChannelError.InvalidLength)));
    }

    [Fact]
    public async Task A_handshake_is_counted_timed_and_traced_on_both_sides()
    {
        ConcurrentQueue<Activity> activities = new();
        using ActivityListener tracing = new()
        {
            ShouldListenTo = source => source.Name == "Postern",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(tracing);
        using Measurements measurements = new("QSTP");
        string suite = QstpSuites.DilithiumS3KyberS3.Name;
        await using TestServer server = TestServer.StartEcho(suites: QstpSuites.DilithiumS3KyberS3);
        await server.CheckServesAsync(QstpSuites.DilithiumS3KyberS3);
        foreach (string role in new[] { "client", "server" })
        {
            Assert.NotEqual(0, measurements.Sum("postern.handshakes", role, suite));
            Assert.True(measurements.Count("postern.handshake.duration", role, suite) > 0);
        }

        Assert.Contains(activities, activity => activity.Kind == ActivityKind.Client && Equals(activity.GetTagItem("postern.suite"), suite));
        Assert.Contains(activities, activity => activity.Kind == ActivityKind.Server && Equals(activity.GetTagItem("postern.suite"), suite));
    }

    [Fact]
    public async Task A_handshake_that_fails_says_why()
    {
        using Measurements measurements = new("QSTP");
        await using TestServer server = TestServer.StartEcho();
        using (Socket socket = await server.ConnectBareAsync())
        {
            await socket.SendAsync(new byte[21]);
            await TestServer.ReadToEndAsync(socket);
        }

        await TestServer.UntilAsync(() => Failures(measurements, "postern.handshake.duration") > 0);
        Assert.Equal(1, Failures(measurements, "postern.handshakes"));
    }

    private static int Failures(Measurements measurements, string instrument) =>
        Enum.GetNames<ChannelError>().Sum(error => measurements.Count(instrument, "server", error));

    private static string KindOf(Instrument instrument) => instrument switch
    {
        ObservableUpDownCounter<long> => "UpDownCounter",
        Counter<long> => "Counter",
        Histogram<double> => "Histogram",
        _ => instrument.GetType().Name,
    };

    [GeneratedRegex(@"^\| `(?<name>postern\.[a-z.]+)` \| (?<kind>\w+) \| `(?<unit>[^`]+)` \|", RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    // What is measured of one protocol while it exists.
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _all = new();

        public Measurements(string protocol)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Postern") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(protocol, instrument.Name, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(protocol, instrument.Name, value, tags));
            _listener.Start();
        }

        public double Sum(string instrument, string role, string value) => Of(instrument, role, value).Sum(measurement => measurement.Value);

        public int Count(string instrument, string role, string value) => Of(instrument, role, value).Count();

        public double Active(string role)
        {
            _listener.RecordObservableInstruments();
            return Of("postern.connections.active", role, role).Last().Value;
        }

        public void Dispose() => _listener.Dispose();

        private IEnumerable<(string Instrument, double Value, string Tags)> Of(string instrument, string role, string value) => _all.Where(measurement =>
            measurement.Instrument == instrument
            && measurement.Tags.Contains($"[{role}]", StringComparison.Ordinal)
            && measurement.Tags.Contains($"[{value}]", StringComparison.Ordinal));

        private void Add(string protocol, string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string text = string.Concat(tags.ToArray().Select(tag => $"[{tag.Value}]"));
            if (text.Contains($"[{protocol}]", StringComparison.Ordinal)) _all.Enqueue((instrument, value, text));
        }
    }
}
