namespace Postern.Storage;

/// <summary>Unix seconds of the files and dates of the API.</summary>
internal static class UnixTime
{
    /// <summary>The last second of the year 9999, after which there are no dates.</summary>
    public static ulong LastSecond { get; } = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>The date; a number past the year 9999 gives its last second.</summary>
    public static DateTimeOffset ToDate(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, LastSecond));

    public static ulong ToSeconds(DateTimeOffset date) => (ulong)Math.Max(0, date.ToUnixTimeSeconds());
}
