using System.Globalization;

namespace Postern.Tests.Support;

/// <summary>A clock that stands still until it is told to move.</summary>
internal sealed class FakeClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public static FakeClock At(string date) =>
        new(DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;

    public void AdvanceSeconds(int seconds) => Advance(TimeSpan.FromSeconds(seconds));
}
