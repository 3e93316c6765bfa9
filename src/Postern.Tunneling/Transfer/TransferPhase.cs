namespace Postern.Tunneling;

/// <summary>What a transfer is doing.</summary>
public enum TransferPhase
{
    /// <summary>A file on this side is read for its digest: the whole one before it is offered, or the part that is there.</summary>
    Hashing,

    /// <summary>Bytes go over the channel.</summary>
    Moving,
}
