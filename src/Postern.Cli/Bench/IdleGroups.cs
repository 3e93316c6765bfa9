using System.Diagnostics;
using Postern.Qstp;

namespace Postern.Cli.Bench;

/// <summary>Memory of connections that are silent.</summary>
internal static class IdleGroups
{
    private const int Few = 50;
    private const int Many = 4000;
    private const int Ends = 2;

    public static IEnumerable<BenchGroup> Create() =>
    [
        new(
            "idle",
            $"memory of an idle connection, mean of both ends of {Many}",
            "B",
            [
                new BenchSubject("QSTP, level 3", (_, token) => MeasureAsync(() => new IdleQstp(QstpSuites.DilithiumS3KyberS3), token)),
                new BenchSubject("TLS 1.3 (SslStream)", (_, token) => MeasureAsync(() => new IdleTls(), token)),
            ])
        {
            IsMeasuredOnce = true,
        },
    ];

    // The first few, which are let go again, bring the code and the pools into memory.
    private static async Task<double> MeasureAsync(Func<IIdleServer> create, CancellationToken cancellationToken)
    {
        await using IIdleServer server = create();
        await using (await IdleConnections.OpenAsync(server, Few, cancellationToken))
        {
            // Only that they were there.
        }

        long before = ResidentBytes();
        await using IdleConnections connections = await IdleConnections.OpenAsync(server, Many, cancellationToken);
        await Task.Delay(server.Settling, cancellationToken);
        return (double)(ResidentBytes() - before) / (Many * Ends);
    }

    // With everything given back that can be.
    private static long ResidentBytes()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
