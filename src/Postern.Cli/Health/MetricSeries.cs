using System.Text;

namespace Postern.Cli.Health;

/// <summary>One set of attributes of an instrument: a number, or a distribution.</summary>
/// <param name="labels">The attributes as Prometheus writes them, without braces.</param>
/// <param name="bounds">Upper bounds of a distribution's buckets; none for a number.</param>
internal sealed class MetricSeries(string labels, double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;
    private long _count;

    public string Labels => labels;

    public void Add(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        lock (_lock)
        {
            _sum += value;
            _count++;
            _counts[bucket]++;
        }
    }

    public void Set(double value)
    {
        lock (_lock) _sum = value;
    }

    public void WriteTo(StringBuilder text, string name)
    {
        lock (_lock) Line(text, name, labels, _sum);
    }

    public void WriteHistogramTo(StringBuilder text, string name)
    {
        lock (_lock)
        {
            long below = 0;
            for (int i = 0; i <= bounds.Length; i++)
            {
                below += _counts[i];
                string bound = i < bounds.Length ? PrometheusText.Number(bounds[i]) : "+Inf";
                Line(text, $"{name}_bucket", $"{labels}{(labels.Length > 0 ? "," : string.Empty)}le=\"{bound}\"", below);
            }

            Line(text, $"{name}_sum", labels, _sum);
            Line(text, $"{name}_count", labels, _count);
        }
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(PrometheusText.Number(value)).Append('\n');
    }
}
