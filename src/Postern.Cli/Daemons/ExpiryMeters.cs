using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Postern.Cli.Daemons;

/// <summary>How long what this process uses is still valid, in the meter <c>Postern</c>: what the expiry watches look at. (docs/metrics.md)</summary>
internal static class ExpiryMeters
{
    private static readonly Meter Meter = new("Postern");
    private static readonly ConcurrentDictionary<ExpiryWatch, bool> Watches = new();

    static ExpiryMeters() => Meter.CreateObservableGauge(
        "postern.certificate.time_left", Measure, "s", "Until the end of a certificate, key or root in use; negative once it has ended.");

    public static void Add(ExpiryWatch watch) => Watches.TryAdd(watch, true);

    public static void Remove(ExpiryWatch watch) => Watches.TryRemove(watch, out _);

    private static IEnumerable<Measurement<double>> Measure() => Watches.Keys.SelectMany(watch => watch.Read()).Distinct().Select(one => new Measurement<double>(
        one.Left.TotalSeconds,
        new KeyValuePair<string, object?>("postern.certificate.kind", one.Expiration.Kind),
        new KeyValuePair<string, object?>("postern.certificate.serial", one.Expiration.Serial)));
}
