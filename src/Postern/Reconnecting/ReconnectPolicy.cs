using System.Buffers.Binary;
using Postern.Cryptography;

namespace Postern;

/// <summary>How a client dials again after its channel broke: exponential back-off with jitter.</summary>
public sealed record ReconnectPolicy
{
    private const int MostUnacknowledged = 1_000_000;

    /// <summary>The defaults.</summary>
    public static ReconnectPolicy Default { get; } = new();

    /// <summary>Wait before the second attempt; every further one is twice as long. Default 250 ms; 10 ms to 31 days.</summary>
    public TimeSpan InitialDelay
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait. Default 30 s; 10 ms to 31 days.</summary>
    public TimeSpan MaxDelay
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Each wait is drawn from this part of it to all of it, so that the clients of a server that comes back do not all come at once.
    /// Default 0.5; 0 to 1, where 1 is no jitter.
    /// </summary>
    public double LeastPart
    {
        get;
        init
        {
            if (value is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(value), value, "The least part of a wait is 0 to 1.");
            field = value;
        }
    } = 0.5;

    /// <summary>A channel that lasted this long starts the waits from the beginning. Default 10 s; 10 ms to 31 days.</summary>
    public TimeSpan StableAfter
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts in a row that may fail, or whose channels do not last, before it is given up. Default unlimited (null).</summary>
    public int? MaxAttempts
    {
        get;
        init => field = value is { } count ? OptionCheck.Positive(count) : null;
    }

    /// <summary>Messages that are remembered as unacknowledged: number, size and time, no content. Default 4,096; 1 to 1,000,000. Beyond it the oldest are only counted.</summary>
    public int MaxUnacknowledged
    {
        get;
        init => field = value is >= 1 and <= MostUnacknowledged
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"1 to {MostUnacknowledged} messages can be remembered.");
    } = 4_096;

    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Draws the wait after so many failures in a row, 1 or more.</summary>
    public TimeSpan DelayAfter(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failures);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomSource.System.Fill(bytes);
        return DelayAfter(failures, BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (double)uint.MaxValue);
    }

    internal TimeSpan DelayAfter(int failures, double random)
    {
        double full = Math.Min(MaxDelay.TotalMilliseconds, InitialDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 40)));
        return TimeSpan.FromMilliseconds(full * (LeastPart + ((1 - LeastPart) * random)));
    }
}
