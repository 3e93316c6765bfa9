namespace Postern.Authority.Pkcs11;

/// <summary>Why a token does not do what it was asked.</summary>
internal enum TokenError
{
    /// <summary>The module is not there, is no PKCS#11 module, or does not start.</summary>
    Module = 1,

    /// <summary>No token of that name is there, or several.</summary>
    NoToken,

    /// <summary>A token of that label is there, with another serial number.</summary>
    OtherToken,

    /// <summary>The PIN is not the user's.</summary>
    WrongPin,

    /// <summary>Too many wrong PINs, or a PIN that has expired or was never set.</summary>
    Locked,

    /// <summary>No key of that label is in the token, or several.</summary>
    NoKey,

    /// <summary>The key there is not what a wrapping key must be.</summary>
    UnfitKey,

    /// <summary>The token's key does not open what was wrapped.</summary>
    NotOpened,

    /// <summary>Everything else.</summary>
    Device,
}
