using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>Warns of what ends soon: at the start, then once a day, and at the end itself, for as long as the process runs.</summary>
internal sealed class ExpiryWatch : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _warnBefore;
    private readonly Func<IEnumerable<Expiration>> _expirations;
    private readonly ITimer _timer;

    private ExpiryWatch(ILogger logger, TimeProvider clock, TimeSpan warnBefore, Func<IEnumerable<Expiration>> expirations)
    {
        _logger = logger;
        _clock = clock;
        _warnBefore = warnBefore;
        _expirations = expirations;
        _timer = clock.CreateTimer(_ => Warn(), null, Timeout.InfiniteTimeSpan, Day);
        Warn();
        ExpiryMeters.Add(this);
    }

    /// <summary>Warns at once, and goes on.</summary>
    /// <param name="loggers">Where to.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="warnBefore">How long before the end.</param>
    /// <param name="expirations">What ends, asked each time, for what is renewed ends later; what is there twice counts once.</param>
    public static ExpiryWatch Start(ILoggerFactory loggers, TimeProvider clock, TimeSpan warnBefore, params IReadOnlyList<Expiration> expirations) =>
        Start(loggers, clock, warnBefore, () => expirations);

    /// <inheritdoc cref="Start(ILoggerFactory, TimeProvider, TimeSpan, IReadOnlyList{Expiration})"/>
    public static ExpiryWatch Start(ILoggerFactory loggers, TimeProvider clock, TimeSpan warnBefore, Func<IEnumerable<Expiration>> expirations) =>
        new(loggers.CreateLogger("Postern.Cli.Expiry"), clock, warnBefore, expirations);

    /// <summary>What ends, and how long that still takes.</summary>
    public IEnumerable<(Expiration Expiration, TimeSpan Left)> Read()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return _expirations().Distinct().Select(expiration => (expiration, expiration.End - now));
    }

    public void Dispose()
    {
        ExpiryMeters.Remove(this);
        _timer.Dispose();
    }

    private void Warn()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        foreach (Expiration expiration in _expirations().Distinct())
        {
            if (now > expiration.End) ExpiryLog.Ended(_logger, expiration.What, expiration.End);
            else if (expiration.End - now <= _warnBefore) ExpiryLog.Ending(_logger, expiration.What, Text(expiration.End - now), expiration.End);
        }

        // At its end, too: from then on nobody gets in.
        IEnumerable<TimeSpan> ends = _expirations().Select(expiration => expiration.End - now).Where(left => left >= TimeSpan.Zero && left <= Day);
        _timer.Change(ends.Select(left => left + TimeSpan.FromSeconds(1)).DefaultIfEmpty(Day).Min(), Day);
    }

    private static string Text(TimeSpan left) => left >= Day ? $"{(int)left.TotalDays} days" : $"{(int)left.TotalHours} h {left.Minutes} min";
}
