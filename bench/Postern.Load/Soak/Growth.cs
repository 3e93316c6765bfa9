namespace Postern.Load.Soak;

/// <summary>One figure of one process: its median in the second and in the last quarter of a run.</summary>
/// <param name="Second">In the second quarter.</param>
/// <param name="Last">In the last.</param>
/// <param name="HasGrown">Whether the last is more than the second, its tenth or what the figure allows, and a constant.</param>
internal sealed record Growth(double Second, double Last, bool HasGrown)
{
    private const double MiB = 1 << 20;

    // A process's memory moves by some megabytes with the collector and the compiler, however long it runs.
    public static Growth OfResident(IReadOnlyList<Vitals> samples) => Of(samples, vitals => vitals.Resident, factor: 1.10, constant: 16 * MiB);

    // The pool of arrays keeps what the most readers that stood still at once ever needed.
    public static Growth OfHeap(IReadOnlyList<Vitals> samples) => Of(samples, vitals => vitals.Heap, factor: 1.25, constant: 8 * MiB);

    // The pool adds and takes away threads as the machine is busy.
    public static Growth OfThreads(IReadOnlyList<Vitals> samples) => Of(samples, vitals => vitals.Threads, factor: 1, constant: 4);

    // As many as there are connections at that moment; with nobody there they are compared exactly.
    public static Growth OfDescriptors(IReadOnlyList<Vitals> samples) => Of(samples, vitals => vitals.Descriptors, factor: 1.25, constant: 8);

    private static Growth Of(IReadOnlyList<Vitals> samples, Func<Vitals, double> figure, double factor, double constant)
    {
        double second = Median(samples.Skip(samples.Count / 4).Take(samples.Count / 4).Select(figure));
        double last = Median(samples.Skip(samples.Count * 3 / 4).Select(figure));
        return new Growth(second, last, last > (second * factor) + constant);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
