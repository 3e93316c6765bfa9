using System.Diagnostics.Metrics;
using System.Text;

namespace Postern.Cli.Health;

/// <summary>Adds up what the meter <c>Postern</c> and the runtime's own measure from now on, and writes it in Prometheus' text form.</summary>
internal sealed class MetricCollector : IDisposable
{
    private const string MeterName = "Postern";
    private const string RuntimeMeterName = "System.Runtime";

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, CollectedInstrument> _instruments = new(StringComparer.Ordinal);

    public MetricCollector()
    {
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((CollectedInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((CollectedInstrument)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>All of it, as it is now.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        lock (_lock)
        {
            foreach (CollectedInstrument instrument in _instruments.Values) instrument.BeginObservation();
            _listener.RecordObservableInstruments();
            foreach (CollectedInstrument instrument in _instruments.Values) instrument.WriteTo(text);
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name is not (MeterName or RuntimeMeterName)) return;
        CollectedInstrument collected = CollectedInstrument.Of(instrument);
        lock (_lock) _instruments[collected.Name] = collected;
        listener.EnableMeasurementEvents(instrument, collected);
    }
}
