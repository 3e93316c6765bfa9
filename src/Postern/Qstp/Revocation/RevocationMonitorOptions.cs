using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Packets;
using Postern.Qstp.Certificates;

namespace Postern.Qstp.Revocation;

/// <summary>How revocation lists are fetched, and what happens without one.</summary>
public sealed record RevocationMonitorOptions
{
    /// <summary>The defaults.</summary>
    public static RevocationMonitorOptions Default { get; } = new();

    /// <summary>Longest time between refreshes; each wait is drawn from nine tenths of it to all of it. Default 5 minutes; 1 s to one day.</summary>
    public TimeSpan RefreshInterval
    {
        get;
        init => field = OptionCheck.Between(value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time for fetching a list. Default 30 s; 10 ms to 31 days.</summary>
    public TimeSpan Timeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// File that keeps the last good list, and with it the highest number, over restarts. Default none (null): then a process that has just started
    /// takes any list that is not stale, an old one that someone repeats too.
    /// </summary>
    public string? CacheFile { get; init; }

    /// <summary>What happens without a list, or past its next update. Default <see cref="StaleRevocationPolicy.Refuse"/>.</summary>
    public StaleRevocationPolicy StalePolicy
    {
        get;
        init => field = OptionCheck.Defined(value);
    } = StaleRevocationPolicy.Refuse;

    /// <summary>
    /// With <see cref="StaleRevocationPolicy.Refuse"/>: how long after the next update open channels are ended, too. Default never
    /// (<see cref="System.Threading.Timeout.InfiniteTimeSpan"/>): when they began, the list was good. Zero to 31 days.
    /// </summary>
    public TimeSpan StaleGrace
    {
        get;
        init => field = value == System.Threading.Timeout.InfiniteTimeSpan ? value : OptionCheck.Between(value, TimeSpan.Zero, TimeSpan.FromDays(31));
    } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How far in the future the date of a list may be. Default 60 s; zero to one day.</summary>
    public TimeSpan ClockTolerance
    {
        get;
        init => field = OptionCheck.Between(value, TimeSpan.Zero, TimeSpan.FromDays(1));
    } = WireClock.DefaultTolerance;

    /// <summary>How the root is checked, and the clock. Default every check, the system's clock. Its clock offset is not added to a list's dates.</summary>
    public VerificationPolicy Policy { get; init; } = VerificationPolicy.Default;

    /// <summary>Where new lists and failures are logged; a failure once, until it is another or over. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
