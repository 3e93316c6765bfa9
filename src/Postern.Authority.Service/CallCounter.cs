namespace Postern.Authority.Service;

/// <summary>
/// Counts calls that change nothing: refused ones, and what administrators read. The log gets one entry for all of a while, so that nobody fills it by
/// calling.
/// </summary>
internal sealed class CallCounter
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts one.</summary>
    /// <param name="what">One of a few constants.</param>
    public void Count(string what)
    {
        lock (_lock) _counts[what] = _counts.GetValueOrDefault(what) + 1;
    }

    /// <summary>Takes what was counted.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> Take()
    {
        lock (_lock)
        {
            KeyValuePair<string, long>[] counts = [.. _counts];
            _counts.Clear();
            return counts;
        }
    }
}
