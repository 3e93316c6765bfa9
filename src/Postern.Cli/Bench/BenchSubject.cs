namespace Postern.Cli.Bench;

/// <summary>One of the things that are compared: ours, or what someone would take instead.</summary>
/// <param name="Name">What it is.</param>
/// <param name="MeasureAsync">Works for about the given time and returns what one operation cost, in the group's unit.</param>
internal sealed record BenchSubject(string Name, Func<TimeSpan, CancellationToken, Task<double>> MeasureAsync)
{
    // A clock is read between rounds of calls that take about this long together.
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(1);

    /// <summary>Something that runs on one core without waiting; its cost in microseconds of that.</summary>
    public static BenchSubject Of(string name, Action operation) => new(name, (time, _) => Task.FromResult(Measure(operation, time)));

    private static double Measure(Action operation, TimeSpan time)
    {
        long start = TimeProvider.System.GetTimestamp();
        operation();
        TimeSpan one = TimeProvider.System.GetElapsedTime(start);
        long batch = Math.Max(1, (long)(Batch / (one + TimeSpan.FromTicks(1))));
        long count = 0;
        start = TimeProvider.System.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            for (long i = 0; i < batch; i++) operation();
            count += batch;
            elapsed = TimeProvider.System.GetElapsedTime(start);
        }
        while (elapsed < time);
        return elapsed.TotalMicroseconds / count;
    }
}
