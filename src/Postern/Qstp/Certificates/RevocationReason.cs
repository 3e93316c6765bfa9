namespace Postern.Qstp.Certificates;

/// <summary>Why a certificate is not to be trusted any more. In lists it is a byte, in inventories its name: a value can be added, and none changed.</summary>
public enum RevocationReason
{
    /// <summary>None was given.</summary>
    Unspecified = 0,

    /// <summary>Somebody else has, or may have, the server's key.</summary>
    KeyCompromise = 1,

    /// <summary>Another certificate has taken its place.</summary>
    Superseded = 2,

    /// <summary>The server is no more.</summary>
    Cessation = 3,

    /// <summary>The server is there, and may no longer be taken for what the certificate says.</summary>
    PrivilegeWithdrawn = 4,
}
