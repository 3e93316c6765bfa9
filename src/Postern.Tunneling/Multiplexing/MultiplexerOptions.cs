namespace Postern.Tunneling;

/// <summary>Limits of many streams in one tunnel.</summary>
public sealed record MultiplexerOptions
{
    /// <summary>Streams at once that the peer may open. Default 256.</summary>
    public int MaxStreams
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 256;

    /// <summary>Bytes that the peer may send on a stream before any of them was read. Default 64 KiB, at least 1 KiB.</summary>
    public int InitialWindow
    {
        get;
        init => field = (int)OptionCheck.AtLeast(value, 1024);
    } = 64 * 1024;

    /// <summary>How far a stream's window grows while its reader keeps up; if that is less than the first one, it does not. Default 4 MiB: 40 MB/s at 100 ms.</summary>
    public int MaxWindow
    {
        get;
        init => field = (int)OptionCheck.AtLeast(value, 1024);
    } = 4 * 1024 * 1024;

    /// <summary>How much all windows that share this budget may grow together. Default 256 MiB, for this multiplexer alone unless it is shared.</summary>
    public WindowBudget Budget
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new(256L * 1024 * 1024);

    /// <summary>Longest wait for the peer's greeting. Default 10 s.</summary>
    public TimeSpan GreetingTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>The number of our first stream, for tests; the usual one if null.</summary>
    internal uint? FirstStream { get; init; }

    /// <summary>The time, for tests.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
