namespace Postern.Packets;

/// <summary>
/// The clock of packet headers: Unix seconds, and the window in which a peer's time is accepted. (QSTP §4, QSMP §1.7)
/// </summary>
/// <param name="timeProvider">The local clock.</param>
/// <param name="offset">
/// Added to the local clock: a reference host outside UTC runs ahead by its zone's distance west of Greenwich.
/// </param>
/// <param name="tolerance">Largest difference accepted, both ends included.</param>
internal sealed class WireClock(TimeProvider timeProvider, TimeSpan offset, TimeSpan tolerance)
{
    /// <summary>The reference's window: 60 seconds.</summary>
    public static readonly TimeSpan DefaultTolerance = TimeSpan.FromSeconds(60);

    // Ten years: no clock is that wrong, but the text of another protocol reads as such a number.
    private const decimal ImplausibleSkew = 10 * 365 * 86400m;

    private readonly ulong _tolerance = (ulong)tolerance.TotalSeconds;

    /// <summary>The system's clock with the reference's window.</summary>
    public static WireClock System { get; } = new(TimeProvider.System, TimeSpan.Zero, DefaultTolerance);

    /// <summary>Now, in Unix seconds.</summary>
    public ulong Now => (ulong)Math.Max(0, (timeProvider.GetUtcNow() + offset).ToUnixTimeSeconds());

    /// <summary>Largest difference accepted.</summary>
    public TimeSpan Tolerance => tolerance;

    /// <summary>The underlying clock, for deadlines.</summary>
    public TimeProvider TimeProvider => timeProvider;

    /// <summary>|now − time| ≤ tolerance; times within the tolerance of 0 or 2^64 are refused.</summary>
    public bool IsTimely(ulong time)
    {
        if (time < _tolerance || time > ulong.MaxValue - _tolerance) return false;
        ulong now = Now;
        return (now > time ? now - time : time - now) <= _tolerance;
    }

    /// <summary>A timely time minus now, in seconds.</summary>
    public long OffsetOf(ulong time) => (long)time - (long)Now;

    /// <summary>Names the skew for an error message.</summary>
    public string Describe(ulong time)
    {
        decimal skew = (decimal)time - Now;
        if (Math.Abs(skew) > ImplausibleSkew) return "What came is no time: the peer probably does not speak this protocol.";
        return $"The peer's clock differs by {skew:+0;-0;0} s; {_tolerance} s are allowed. Set both clocks, or a clock offset for a reference host outside UTC.";
    }
}
