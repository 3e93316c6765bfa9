using System.Runtime;

namespace Postern.Cli.Bench;

/// <summary>Measures groups in rounds: in each round every subject of a group has its turn, so that what disturbs one disturbs the others too.</summary>
internal sealed class BenchRun(int rounds, TimeSpan time, Action<string> report)
{
    private const int MostWarmUps = 30;
    private const int QuietRounds = 2;

    /// <summary>Measures one group.</summary>
    public async Task<IReadOnlyList<BenchResult>> MeasureAsync(BenchGroup group, CancellationToken cancellationToken)
    {
        report($"{group.Section}: {group.Title} ...");
        if (!group.IsMeasuredOnce) await WarmUpAsync(group, cancellationToken);
        double[][] costs = new double[group.IsMeasuredOnce ? 1 : rounds][];
        for (int round = 0; round < costs.Length; round++) costs[round] = await MeasureRoundAsync(group, cancellationToken);
        return [.. group.Subjects.Select((subject, i) => Summarize(group, subject.Name, i, costs))];
    }

    // Until nothing is compiled any more: a process's time counts the compiler's, and what it has not seen often is slow.
    private async Task WarmUpAsync(BenchGroup group, CancellationToken cancellationToken)
    {
        int quiet = 0;
        for (int round = 0; round < MostWarmUps && quiet < QuietRounds; round++)
        {
            long compiled = JitInfo.GetCompiledMethodCount();
            await MeasureRoundAsync(group, cancellationToken);
            quiet = JitInfo.GetCompiledMethodCount() == compiled ? quiet + 1 : 0;
        }
    }

    private async Task<double[]> MeasureRoundAsync(BenchGroup group, CancellationToken cancellationToken)
    {
        double[] costs = new double[group.Subjects.Count];
        for (int i = 0; i < costs.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            costs[i] = await group.Subjects[i].MeasureAsync(time, cancellationToken);
        }

        return costs;
    }

    private static BenchResult Summarize(BenchGroup group, string subject, int index, double[][] costs)
    {
        double[] sorted = [.. costs.Select(round => round[index]).Order()];
        double[] ratios = [.. costs.Select(round => round[index] / round[0]).Order()];
        return new BenchResult
        {
            Section = group.Section,
            Title = group.Title,
            Unit = group.Unit,
            Subject = subject,
            Median = sorted[sorted.Length / 2],
            Least = sorted[0],
            Most = sorted[^1],
            TimesOurs = index == 0 ? null : new BenchRatio(ratios[ratios.Length / 2], ratios[0], ratios[^1]),
        };
    }
}
