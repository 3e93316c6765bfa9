namespace Postern.Tunneling;

/// <summary>
/// The plain side of a relay: a socket, a program's pipes, a terminal. One reader and one writer at a time; <see cref="AbortAsync"/> may come
/// beside both.
/// </summary>
public abstract class PlainEnd
{
    /// <summary>Waits until a read would return at once. Takes no buffer, so that a quiet connection holds none.</summary>
    public abstract ValueTask WaitForDataAsync();

    /// <summary>Reads some bytes; 0 at the end.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Writes all of <paramref name="data"/>.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data);

    /// <summary>The peer has said goodbye: nothing more will be written, reading goes on.</summary>
    public abstract ValueTask CompleteAsync();

    /// <summary>Both directions have ended as they should.</summary>
    public abstract ValueTask CloseAsync();

    /// <summary>
    /// The stream was cut: ends both directions so that the other side cannot take what it got for all there was. Pending calls fail.
    /// Never throws.
    /// </summary>
    public abstract ValueTask AbortAsync();
}
