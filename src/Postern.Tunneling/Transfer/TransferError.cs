namespace Postern.Tunneling;

/// <summary>Why a file did not go through. The values up to 255 are the codes of the FAILURE message.</summary>
public enum TransferError
{
    /// <summary>The peer sent something that is not allowed at this point, or is malformed.</summary>
    ProtocolViolation = 1,

    /// <summary>The peer uses another version of the protocol.</summary>
    OtherVersion = 2,

    /// <summary>The file's name is not one that is taken.</summary>
    NameRefused = 3,

    /// <summary>The file is larger than the receiver allows.</summary>
    TooLarge = 4,

    /// <summary>There is not enough room on the receiver's disk.</summary>
    NoSpace = 5,

    /// <summary>The receiver has another file of that name, and may not replace it.</summary>
    TargetExists = 6,

    /// <summary>The receiver is receiving the same file already.</summary>
    Busy = 7,

    /// <summary>The receiver cannot write the file.</summary>
    CannotWrite = 8,

    /// <summary>What arrived is not what was offered.</summary>
    DigestMismatch = 9,

    /// <summary>The sender's file changed while it was sent.</summary>
    SourceChanged = 10,

    /// <summary>The sender cannot read the file.</summary>
    CannotRead = 11,

    /// <summary>The peer did not go on in time.</summary>
    Stalled = 12,

    /// <summary>The peer gave a reason that is not known here; its words say more.</summary>
    Other = 255,
}
