using System.Diagnostics;
using Postern.Cli.Bench;
using Postern.Qsmp;

namespace Postern.Cli.Commands;

/// <summary>Measures handshakes of one set, both ends in this process over loopback.</summary>
internal static class SuiteCost
{
    private const int MostRuns = 5;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

    /// <summary>The shortest of a few handshakes with their TCP connections, in milliseconds: SIMPLEX for a set of QSMP.</summary>
    public static async Task<double> MeasureAsync(Suite suite, CancellationToken cancellationToken)
    {
        using ITunnelPair pair = QsmpSuites.All.Contains(suite) ? new SimplexPair(suite) : new QstpPair(suite);
        using LoopbackSockets sockets = new();
        await RunAsync(sockets, pair, cancellationToken);
        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < MostRuns && (i == 0 || Stopwatch.GetElapsedTime(start) < Enough); i++)
        {
            best = Math.Min(best, await RunAsync(sockets, pair, cancellationToken));
        }

        return best;
    }

    private static async Task<double> RunAsync(LoopbackSockets sockets, ITunnelPair pair, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using LoopbackTunnel tunnel = await LoopbackTunnel.OpenAsync(sockets, pair, cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
