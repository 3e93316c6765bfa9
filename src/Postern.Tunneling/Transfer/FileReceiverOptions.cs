namespace Postern.Tunneling;

/// <summary>Where received files go, and what a sender is allowed.</summary>
public sealed record FileReceiverOptions
{
    /// <summary>The folder, which must be there. Whoever can write to it can replace what is received.</summary>
    public required string Folder
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            field = Path.GetFullPath(value);
        }
    }

    /// <summary>Replace a file of the same name. Default false: the offer is refused then, unless that file is the very one that is offered.</summary>
    public bool Overwrites { get; init; }

    /// <summary>Largest file in bytes. Default null, no limit but the free space.</summary>
    public long? MaxSize
    {
        get;
        init => field = value is { } size && size < 0 ? throw new ArgumentOutOfRangeException(nameof(value), size, "A size is not negative.") : value;
    }

    /// <summary>Longest time for the peer to send a message, beside what its disk needs. Default one minute; 10 ms to 31 days.</summary>
    public TimeSpan StallTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that can be written to a folder.</summary>
    internal Func<string, long> FreeSpaceOf { get; init; } = Disk.FreeSpaceOf;

    /// <summary>Called with the position before each write.</summary>
    internal Action<long> Writing { get; init; } = _ => { };
}
