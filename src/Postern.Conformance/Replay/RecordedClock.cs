using Postern.Packets;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Conformance.Replay;

/// <summary>A clock that shows the time of whatever is being replayed.</summary>
internal sealed class RecordedClock : TimeProvider
{
    private DateTimeOffset _now;

    public RecordedClock(ulong seconds)
    {
        Set(seconds);
        Wire = new WireClock(this, TimeSpan.Zero, WireClock.DefaultTolerance);
    }

    /// <summary>This clock as packet headers see it.</summary>
    public WireClock Wire { get; }

    public void Set(ulong seconds) => _now = UnixTime.ToDate(seconds);

    public override DateTimeOffset GetUtcNow() => _now;
}
