namespace Postern.Load;

/// <summary>How long things took, in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P95, double P99, double Max)
{
    public static Percentiles Of(IEnumerable<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => time.TotalMilliseconds).Order()];
        return sorted.Length == 0 ? new Percentiles(0, 0, 0, 0) : new Percentiles(At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99), sorted[^1]);
    }

    public override string ToString() => $"{P50:0.00} / {P95:0.00} / {P99:0.00} / {Max:0.0}";

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
