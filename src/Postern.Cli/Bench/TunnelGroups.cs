using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Bench;

/// <summary>Whole tunnels over TCP on this machine, both ends in this process, next to TLS 1.3.</summary>
internal sealed class TunnelGroups : IDisposable
{
    private const int RoundTripSize = 64;
    private const int WriteSize = 64 * 1024;
    private const int WritesAtOnce = 64;
    private const double Gigabyte = 1e9;

    private readonly LoopbackSockets _sockets = new();

    private readonly (string Name, ITunnelPair Pair)[] _pairs =
    [
        ("QSTP, level 3", new QstpPair(QstpSuites.DilithiumS3KyberS3)),
        ("TLS 1.3 (SslStream)", new TlsPair()),
        ("QSTP, level 5", new QstpPair(QstpSuites.DilithiumS5KyberS5)),
        ("SIMPLEX, level 5", new SimplexPair(QsmpSuites.DilithiumS5KyberS5)),
        ("DUPLEX, level 5", new DuplexPair(QsmpSuites.DilithiumS5KyberS5)),
    ];

    public IEnumerable<BenchGroup> Create() =>
    [
        Group("handshake", "processor time of both ends", "ms", MeasureHandshakesAsync),
        Group("tunnel", $"{RoundTripSize} bytes there and back", "µs", MeasureRoundTripsAsync),
        Group("tunnel", "processor time of both ends, one connection", "s/GB", (pair, time, token) => MeasureBulkAsync(pair, 1, time, token)),
        Group("tunnel", "processor time of both ends, eight connections", "s/GB", (pair, time, token) => MeasureBulkAsync(pair, 8, time, token)),
    ];

    public void Dispose()
    {
        foreach ((_, ITunnelPair pair) in _pairs) pair.Dispose();
        _sockets.Dispose();
    }

    private BenchGroup Group(string section, string title, string unit, Func<ITunnelPair, TimeSpan, CancellationToken, Task<double>> measure) =>
        new(section, title, unit, [.. _pairs.Select(pair => new BenchSubject(pair.Name, (time, token) => measure(pair.Pair, time, token)))]);

    private async Task<double> MeasureHandshakesAsync(ITunnelPair pair, TimeSpan time, CancellationToken cancellationToken)
    {
        int count = 0;
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        do
        {
            await using LoopbackTunnel tunnel = await LoopbackTunnel.OpenAsync(_sockets, pair, cancellationToken);
            count++;
        }
        while (TimeProvider.System.GetElapsedTime(start) < time);
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / count;
    }

    private async Task<double> MeasureRoundTripsAsync(ITunnelPair pair, TimeSpan time, CancellationToken cancellationToken)
    {
        await using LoopbackTunnel tunnel = await LoopbackTunnel.OpenAsync(_sockets, pair, cancellationToken);
        Task echoing = EchoAsync(tunnel.Server, cancellationToken);
        byte[] message = new byte[RoundTripSize];
        int count = 0;
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            await tunnel.Client.WriteAsync(message, cancellationToken);
            await tunnel.Client.ReadExactlyAsync(message, cancellationToken);
            count++;
            elapsed = TimeProvider.System.GetElapsedTime(start);
        }
        while (elapsed < time);
        await tunnel.Client.DisposeAsync();
        await echoing;
        return elapsed.TotalMicroseconds / count;
    }

    private static async Task EchoAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[RoundTripSize];
        try
        {
            while (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken) == buffer.Length)
            {
                await stream.WriteAsync(buffer, cancellationToken);
            }
        }
        catch (IOException)
        {
            // The other end has what it wanted.
        }
    }

    private async Task<double> MeasureBulkAsync(ITunnelPair pair, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        LoopbackTunnel[] tunnels = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => LoopbackTunnel.OpenAsync(_sockets, pair, cancellationToken)));
        try
        {
            long bytes = 0;
            long start = TimeProvider.System.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            do
            {
                await Task.WhenAll(tunnels.Select(tunnel => TransferAsync(tunnel, cancellationToken)));
                bytes += (long)connections * WritesAtOnce * WriteSize;
            }
            while (TimeProvider.System.GetElapsedTime(start) < time);
            return (Environment.CpuUsage.TotalTime - before).TotalSeconds / (bytes / Gigabyte);
        }
        finally
        {
            foreach (LoopbackTunnel tunnel in tunnels) await tunnel.DisposeAsync();
        }
    }

    private static async Task TransferAsync(LoopbackTunnel tunnel, CancellationToken cancellationToken)
    {
        Task writing = Task.Run(
            async () =>
            {
                byte[] data = new byte[WriteSize];
                for (int i = 0; i < WritesAtOnce; i++) await tunnel.Client.WriteAsync(data, cancellationToken);
            },
            cancellationToken);
        byte[] buffer = new byte[WriteSize];
        for (int left = WritesAtOnce * WriteSize; left > 0;) left -= await tunnel.Server.ReadAsync(buffer, cancellationToken);
        await writing;
    }
}
