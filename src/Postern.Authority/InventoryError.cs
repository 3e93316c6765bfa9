namespace Postern.Authority;

/// <summary>Why an inventory does not do what it was asked.</summary>
internal enum InventoryError
{
    /// <summary>The file is no inventory.</summary>
    NotAnInventory = 1,

    /// <summary>A newer version of the program made it.</summary>
    TooNew,

    /// <summary>The file, or the audit log's head, is not what it should be.</summary>
    Damaged,

    /// <summary>Reading or writing failed, or another process has held it for too long.</summary>
    Storage,

    /// <summary>It is the inventory of another root.</summary>
    OtherRoot,

    /// <summary>No certificate of that serial is recorded.</summary>
    UnknownSerial,

    /// <summary>A certificate of that serial is recorded already.</summary>
    AlreadyIssued,

    /// <summary>That serial is revoked.</summary>
    Revoked,

    /// <summary>Another root of the inventory signed the certificate.</summary>
    OtherRootsCertificate,

    /// <summary>Another process has renewed it meanwhile.</summary>
    Changed,

    /// <summary>The token is unknown, expired, used up, or not for this.</summary>
    TokenRefused,

    /// <summary>The request, its proof, its name or its time is not what it should be.</summary>
    RequestRefused,

    /// <summary>No request of that identity waits.</summary>
    UnknownRequest,

    /// <summary>Another service of the same root works on it.</summary>
    InUse,

    /// <summary>As many as there may be are there.</summary>
    TooMany,
}
