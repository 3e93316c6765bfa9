using System.Diagnostics.Metrics;

namespace Postern.Authority.Service;

/// <summary>What the service counts, in the meter <c>Postern</c>. (docs/metrics.md)</summary>
internal sealed class AuthorityMeters : IDisposable
{
    /// <summary>What ends within this time ends soon.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    private readonly Meter _meter = new("Postern");
    private long _ending;

    public AuthorityMeters() => _meter.CreateObservableGauge(
        "postern.authority.certificates.ending",
        () => Volatile.Read(ref _ending),
        "{certificate}",
        "Recorded certificates that were not revoked and end within 30 days, the newest of each serial.");

    /// <summary>How many recorded certificates end soon.</summary>
    public long Ending
    {
        get => Volatile.Read(ref _ending);
        set => Volatile.Write(ref _ending, value);
    }

    public void Dispose() => _meter.Dispose();
}
