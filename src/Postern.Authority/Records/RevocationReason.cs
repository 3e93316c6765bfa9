namespace Postern.Authority.Records;

/// <summary>Why a certificate is not to be trusted any more. Stored by name: a value can be added, and none renamed.</summary>
internal enum RevocationReason
{
    /// <summary>None was given.</summary>
    Unspecified,

    /// <summary>Somebody else has, or may have, the server's key.</summary>
    KeyCompromise,

    /// <summary>Another certificate has taken its place.</summary>
    Superseded,

    /// <summary>The server is no more.</summary>
    Cessation,

    /// <summary>The server is there, and may no longer be taken for what the certificate says.</summary>
    PrivilegeWithdrawn,
}
