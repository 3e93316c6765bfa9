using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>Bounds how much of the log others control: so many lines a second of each event, the rest counted.</summary>
internal sealed class LineRate(TimeProvider clock)
{
    private const int LinesASecond = 20;

    private readonly ConcurrentDictionary<(string Category, int Event), Bucket> _buckets = new();
    private readonly long _start = clock.GetTimestamp();

    /// <summary>Whether a line may be written, and how many of its kind were left out since the last one.</summary>
    public bool MayWrite(string category, EventId eventId, out long left)
    {
        Bucket bucket = _buckets.GetOrAdd((category, eventId.Id), static _ => new Bucket());
        return bucket.TryTake((long)clock.GetElapsedTime(_start).TotalSeconds, out left);
    }

    private sealed class Bucket
    {
        private readonly Lock _lock = new();
        private long _second = -1;
        private int _lines;
        private long _left;

        public bool TryTake(long second, out long left)
        {
            lock (_lock)
            {
                if (second != _second)
                {
                    _second = second;
                    _lines = 0;
                }

                left = _left;
                if (_lines == LinesASecond)
                {
                    _left++;
                    return false;
                }

                _lines++;
                _left = 0;
                return true;
            }
        }
    }
}
