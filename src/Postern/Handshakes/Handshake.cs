using Postern.Channels;

namespace Postern.Handshakes;

/// <summary>
/// One side of a handshake as a pure lockstep machine: packets in, packets out, no I/O. The driver asks <see cref="Next"/> and calls
/// <see cref="Write"/> or <see cref="Read"/> with a packet of exactly <see cref="PacketSize"/> bytes. After an exception it is dead.
/// </summary>
internal abstract class Handshake : IDisposable
{
    public abstract HandshakeStep Next { get; }

    /// <summary>Size of the packet that is next to be sent or received, header included.</summary>
    public abstract int PacketSize { get; }

    /// <summary>The next packet to be received costs a signature or a decapsulation: the driver may make it wait its turn.</summary>
    public virtual bool NextIsCostly => false;

    /// <summary>Writes the packet to be sent.</summary>
    /// <exception cref="ChannelException">The handshake cannot go on.</exception>
    public abstract void Write(Span<byte> packet);

    /// <summary>Checks a header as soon as it is there, before the body is waited for.</summary>
    /// <exception cref="ChannelException">The packet is refused.</exception>
    public abstract void ReadHeader(ReadOnlySpan<byte> header);

    /// <summary>Takes the whole packet, its header checked again.</summary>
    /// <exception cref="ChannelException">The packet is refused.</exception>
    public abstract void Read(ReadOnlySpan<byte> packet);

    /// <summary>The 22 bytes that tell the peer why the handshake failed. (QSTP §6.7)</summary>
    public abstract void WriteError(byte code, Span<byte> packet);

    /// <summary>The code for a transport that ended inside a packet.</summary>
    public abstract byte ReceiveFailedCode { get; }

    /// <summary>The keys, once <see cref="Next"/> is <see cref="HandshakeStep.Complete"/>. Ownership moves to the caller.</summary>
    public abstract ChannelKeys TakeKeys();

    /// <summary>Erases whatever secrets are left.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
