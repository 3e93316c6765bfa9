using System.Runtime.CompilerServices;

namespace Postern;

/// <summary>Range checks of option setters.</summary>
internal static class OptionCheck
{
    public static TimeSpan Positive(TimeSpan value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }

    /// <summary>Positive, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public static TimeSpan PositiveOrInfinite(TimeSpan value, [CallerMemberName] string name = "") =>
        value == Timeout.InfiniteTimeSpan ? value : Positive(value, name);

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

    public static long? PositiveOrNull(long? value, [CallerMemberName] string name = "")
    {
        if (value is { } number) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, name);
        return value;
    }
}
