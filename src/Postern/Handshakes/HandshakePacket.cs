namespace Postern.Handshakes;

/// <summary>One packet of a handshake, seen from one side.</summary>
internal sealed record HandshakePacket
{
    /// <summary>Flag in the header.</summary>
    public required byte Flag { get; init; }

    /// <summary>Sequence number in the header.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Whole packet, header included. Asked when the stage is reached: the first packet may choose the suite.</summary>
    public required Func<int> Size { get; init; }

    /// <summary>Writes the body, when this side sends the packet.</summary>
    public PacketWriter? Write { get; init; }

    /// <summary>Takes the packet, when this side receives it.</summary>
    public PacketReader? Read { get; init; }

    /// <summary>The code that the peer is told for whatever is wrong with the header; null for the one that fits.</summary>
    public byte? HeaderErrorCode { get; init; }

    /// <summary>Writing or taking it computes keys and signatures: the driver may make it wait its turn.</summary>
    public bool IsCostly { get; init; }
}
