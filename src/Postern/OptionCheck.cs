using System.Runtime.CompilerServices;

namespace Postern;

/// <summary>Range checks of option setters.</summary>
internal static class OptionCheck
{
    // What timers take: at least their resolution, at most 2^32 - 2 milliseconds; a month is more than anyone waits.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(31);

    /// <summary>A deadline: 10 ms to 31 days.</summary>
    public static TimeSpan Wait(TimeSpan value, [CallerMemberName] string name = "") => Between(value, ShortestWait, LongestWait, name);

    /// <summary>A deadline, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public static TimeSpan WaitOrInfinite(TimeSpan value, [CallerMemberName] string name = "") =>
        value == Timeout.InfiniteTimeSpan ? value : Wait(value, name);

    public static TimeSpan Between(TimeSpan value, TimeSpan least, TimeSpan most, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
        return value;
    }

    public static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    public static long AtLeast(long value, long least, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }

    /// <summary>A value that the enumeration has.</summary>
    public static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value)) throw new ArgumentOutOfRangeException(name, value, $"There is no such {typeof(T).Name}.");
        return value;
    }

    public static long? PositiveOrNull(long? value, [CallerMemberName] string name = "")
    {
        if (value is { } number) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, name);
        return value;
    }
}
