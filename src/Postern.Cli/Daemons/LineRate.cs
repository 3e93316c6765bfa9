using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Cli.Daemons;

/// <summary>Bounds how much of the log others control: so many lines a second of each event, the rest counted.</summary>
internal sealed class LineRate(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Category, int Event), LogRate> _rates = new();
    private readonly long _start = clock.GetTimestamp();

    /// <summary>Whether a line may be written, and how many of its kind were left out since the last one.</summary>
    public bool MayWrite(string category, EventId eventId, out long left)
    {
        LogRate rate = _rates.GetOrAdd((category, eventId.Id), static _ => new LogRate());
        return rate.MayLog((long)clock.GetElapsedTime(_start).TotalSeconds, out left);
    }
}
