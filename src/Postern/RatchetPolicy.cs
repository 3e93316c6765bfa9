namespace Postern;

/// <summary>
/// When a channel replaces its keys by itself. Whatever comes first counts, and starts over with every ratchet, the peer's too. It is
/// looked at when something is sent: a channel that sends nothing needs no new keys. A peer that never sends anything holds it up: after
/// eight ratchets that it has not shown to have seen, the keys stay until it does. Asymmetric ones end with the peer's goodbye.
/// </summary>
public sealed record RatchetPolicy
{
    private const double MaxJitter = 0.5;

    /// <summary>Never: the default everywhere.</summary>
    public static RatchetPolicy Never { get; } = new();

    /// <summary>Plaintext bytes sent under one key. Default unlimited (null).</summary>
    public long? EveryBytes
    {
        get;
        init => field = OptionCheck.PositiveOrNull(value);
    }

    /// <summary>Packets sent under one key. Default unlimited (null).</summary>
    public long? EveryPackets
    {
        get;
        init => field = OptionCheck.PositiveOrNull(value);
    }

    /// <summary>Age of a key. Default unlimited (null); 10 ms to 31 days.</summary>
    public TimeSpan? Every
    {
        get;
        init => field = value is { } time ? OptionCheck.Wait(time) : null;
    }

    /// <summary>
    /// Each limit is drawn anew within this fraction of itself, so that many channels do not ratchet at the same moment and nobody can
    /// tell one by its time. Default 0.1; 0 to 0.5.
    /// </summary>
    public double Jitter
    {
        get;
        init
        {
            if (value is not (>= 0 and <= MaxJitter)) throw new ArgumentOutOfRangeException(nameof(value), value, $"Jitter is 0 to {MaxJitter}.");
            field = value;
        }
    } = 0.1;

    /// <summary>
    /// The kind of ratchet. Default symmetric. Asymmetric is for DUPLEX channels only: sending stands still until the peer's answer has come,
    /// which takes the peer a receive.
    /// </summary>
    public RatchetKind Kind
    {
        get;
        init => field = OptionCheck.Defined(value);
    } = RatchetKind.Symmetric;

    /// <summary>No limit is set.</summary>
    internal bool IsNever => EveryBytes is null && EveryPackets is null && Every is null;
}
