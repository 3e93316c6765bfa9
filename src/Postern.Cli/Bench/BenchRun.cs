namespace Postern.Cli.Bench;

/// <summary>Measures groups in rounds: in each round every subject of a group has its turn, so that what disturbs one disturbs the others too.</summary>
internal sealed class BenchRun(int rounds, TimeSpan time, Action<string> report)
{
    /// <summary>Measures one group.</summary>
    public async Task<IReadOnlyList<BenchResult>> MeasureAsync(BenchGroup group, CancellationToken cancellationToken)
    {
        report($"{group.Section}: {group.Title} ...");
        foreach (BenchSubject subject in group.Subjects) await subject.MeasureAsync(time, cancellationToken);
        double[][] costs = new double[rounds][];
        for (int round = 0; round < rounds; round++)
        {
            costs[round] = new double[group.Subjects.Count];
            for (int i = 0; i < group.Subjects.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                costs[round][i] = await group.Subjects[i].MeasureAsync(time, cancellationToken);
            }
        }

        return [.. group.Subjects.Select((subject, i) => Summarize(group, subject.Name, i, costs))];
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
