using System.CommandLine;
using Postern.Load.Soak;
using Postern.Qstp;

namespace Postern.Load;

/// <summary>What this program measures, as commands.</summary>
internal static class LoadCommand
{
    private static readonly Option<string> SuiteName = new("--suite")
    {
        Description = "Configuration set of QSTP; DUPLEX takes the one with the same algorithms.",
        DefaultValueFactory = _ => QstpSuites.DilithiumS3KyberS3.Name,
    };

    public static RootCommand Create() => new("Memory, rate and latency of many connections, in several processes on this machine.")
    {
        Idle(),
        Many(),
        Stalled(),
        SoakCommand.Create(),
    };

    private static Command Idle()
    {
        Option<int[]> counts = new("--counts")
        {
            Description = "Numbers of connections.",
            DefaultValueFactory = _ => [100, 1000, 8000],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<TunnelKind[]> kinds = Kinds();
        Command command = new("idle", "Resident bytes of an idle connection in the server's process.") { SuiteName, kinds, counts };
        command.SetAction(async (result, _) => await WithKeysAsync(result.GetValue(SuiteName), async keys =>
        {
            int failed = 0;
            Console.WriteLine("kind    connections   bytes each   handshakes/s   handshake ms (50/95/99 %/max)   64 bytes there and back, ms");
            foreach (TunnelKind kind in result.GetRequiredValue(kinds))
            {
                foreach (int count in result.GetRequiredValue(counts))
                {
                    (double bytes, ClientReport connecting, ClientReport echo) = await new LoadRun(kind, keys).MeasureIdleAsync(count);
                    failed += Complain(connecting, echo);
                    Console.WriteLine($"{kind,-7} {connecting.Done,11} {bytes,12:0} {connecting.Done / connecting.Seconds,14:0}   {connecting.Latency,-31} {echo.Latency}");
                }
            }

            return failed;
        }));
        return command;
    }

    private static Command Many()
    {
        Option<int> count = new("--connections") { Description = "Connections in all.", DefaultValueFactory = _ => 100_000 };
        Option<int> perProcess = new("--per-process") { Description = "Connections of each process.", DefaultValueFactory = _ => 12_500 };
        Option<TunnelKind[]> kinds = Kinds();
        Command command = new("many", "Many connections at once over several server and client processes.") { SuiteName, kinds, count, perProcess };
        command.SetAction(async (result, _) => await WithKeysAsync(result.GetValue(SuiteName), async keys =>
        {
            int failed = 0;
            foreach (TunnelKind kind in result.GetRequiredValue(kinds))
            {
                (ServerState[] servers, ClientReport[] connecting, ClientReport[] echoes, double seconds) =
                    await new LoadRun(kind, keys).MeasureManyAsync(result.GetValue(count), result.GetValue(perProcess));
                failed += Complain([.. connecting, .. echoes]);
                int done = connecting.Sum(report => report.Done);
                Console.WriteLine($"{kind}: {done} connections at once over {servers.Length} server and {servers.Length} client processes");
                Console.WriteLine($"  established   {servers.Sum(server => server.Connections)}");
                Console.WriteLine($"  handshakes    {done / seconds:0} a second, both sides and the processes' start included");
                Console.WriteLine($"  handshake     {Worst(connecting)} ms (50/95/99 %/max, of the slowest process)");
                Console.WriteLine($"  echo          {Worst(echoes)} ms, {echoes.Sum(report => report.Done)} of 64 bytes in {echoes.Max(report => report.Seconds):0.0} s");
                Console.WriteLine($"  servers       {servers.Sum(server => server.Resident) / 1e6:0} MB resident, {servers.Sum(server => server.Managed) / 1e6:0} MB of objects, {servers.Sum(server => server.CpuSeconds):0.0} CPU-seconds");
            }

            return failed;
        }));
        return command;
    }

    private static Command Stalled()
    {
        Option<int> count = new("--connections") { Description = "Handshakes at once.", DefaultValueFactory = _ => 100 };
        Option<string> suite = new("--suite")
        {
            Description = "Configuration set.",
            DefaultValueFactory = _ => QstpSuites.DilithiumS5McElieceS7.Name,
        };
        Command command = new("stalled", "Memory of a QSTP server whose clients begin handshakes and never read the answer.") { suite, count };
        command.SetAction(async (result, _) => await WithKeysAsync(result.GetValue(suite), async keys =>
        {
            (ServerState before, ServerState during, ServerState after) =
                await new LoadRun(TunnelKind.Qstp, keys).MeasureStalledAsync(result.GetValue(count));
            Console.WriteLine("             pending   resident MB   objects MB   peak MB");
            Write("before", before);
            Write("stalled", during);
            Write("after", after);
            return during.Pending == result.GetValue(count) ? 0 : 1;
        }));
        return command;
    }

    private static Option<TunnelKind[]> Kinds() => new("--kinds")
    {
        Description = "What the connections are.",
        DefaultValueFactory = _ => Enum.GetValues<TunnelKind>(),
        AllowMultipleArgumentsPerToken = true,
    };

    // The exit code: 1 if anything failed.
    private static async Task<int> WithKeysAsync(string? suiteName, Func<LoadKeys, Task<int>> work)
    {
        Suite suite = QstpSuites.FromName(suiteName ?? string.Empty) ?? throw new InvalidOperationException($"{suiteName} is no set of QSTP.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("postern-load-");
        try
        {
            return await work(LoadKeys.Create(folder.FullName, suite)) == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Percentiles Worst(ClientReport[] reports) => reports.MaxBy(report => report.Latency.P99)!.Latency;

    private static int Complain(params ReadOnlySpan<ClientReport> reports)
    {
        int failed = 0;
        foreach (ClientReport report in reports)
        {
            failed += report.Failed;
            if (report.Failed > 0) Console.Error.WriteLine($"{report.Failed} failed, the first because: {report.Problem}");
        }

        return failed;
    }

    private static void Write(string when, ServerState state) =>
        Console.WriteLine($"{when,-12} {state.Pending,7} {state.Resident / 1e6,13:0} {state.Managed / 1e6,12:0} {state.Peak / 1e6,9:0}");
}
