using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Postern.Cli.Health;

/// <summary>One instrument: its name for Prometheus, and a series for each set of attributes.</summary>
internal sealed class CollectedInstrument
{
    private readonly string _help;
    private readonly string _type;
    private readonly bool _isObserved;
    private readonly double[] _bounds;
    private readonly ConcurrentDictionary<AttributeValues, MetricSeries> _series = new();

    private CollectedInstrument(string name, string type, string help, bool isObserved, double[] bounds)
    {
        Name = name;
        _type = type;
        _help = help;
        _isObserved = isObserved;
        _bounds = bounds;
    }

    /// <summary>Such as postern_io_bytes_total.</summary>
    public string Name { get; }

    public static CollectedInstrument Of(Instrument instrument)
    {
        string name = PrometheusText.NameOf(instrument.Name) + instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        return instrument switch
        {
            Histogram<double> histogram => new(name, "histogram", Help(instrument), false, [.. histogram.Advice?.HistogramBucketBoundaries ?? []]),
            Counter<long> or ObservableCounter<long> or ObservableCounter<double> => new($"{name}_total", "counter", Help(instrument), instrument.IsObservable, []),
            _ => new(name, "gauge", Help(instrument), instrument.IsObservable, []),
        };
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        AttributeValues values = AttributeValues.Of(tags);
        if (!_series.TryGetValue(values, out MetricSeries? series)) series = _series.GetOrAdd(values, new MetricSeries(PrometheusText.Labels(tags), _bounds));
        if (_isObserved) series.Set(value);
        else series.Add(value);
    }

    /// <summary>What is observed from here on is all there is: a series whose subject has gone is not repeated.</summary>
    public void BeginObservation()
    {
        if (_isObserved) _series.Clear();
    }

    public void WriteTo(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append(_help).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        foreach (MetricSeries series in _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal))
        {
            if (_type == "histogram") series.WriteHistogramTo(text, Name);
            else series.WriteTo(text, Name);
        }
    }

    private static string Help(Instrument instrument) => PrometheusText.Escape(instrument.Description ?? string.Empty);
}
