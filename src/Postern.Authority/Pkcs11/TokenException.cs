namespace Postern.Authority.Pkcs11;

/// <summary>A token, or its module, that cannot be used, or that refuses.</summary>
internal sealed class TokenException(TokenError error, string message, Exception? cause = null) : IOException(message, cause)
{
    public TokenError Error { get; } = error;

    /// <summary>What a function of the module returned, in words.</summary>
    public static TokenException Of(CkResult result, string function) => result switch
    {
        CkResult.PinIncorrect or CkResult.PinInvalid or CkResult.PinLengthRange =>
            new(TokenError.WrongPin, "The PIN is not right. Nothing was tried again: after a few wrong PINs a token locks itself."),
        CkResult.PinLocked =>
            new(TokenError.Locked, "The token's PIN is locked after too many wrong ones: its security officer has to set a new one."),
        CkResult.PinExpired or CkResult.UserPinNotInitialized =>
            new(TokenError.Locked, "The token's PIN has expired or was never set: its security officer has to set one."),
        CkResult.TokenNotPresent or CkResult.TokenNotRecognized or CkResult.DeviceRemoved =>
            new(TokenError.NoToken, "The token is not there any more."),
        CkResult.TokenWriteProtected => new(TokenError.Device, "The token is write-protected: no key can be made in it."),
        CkResult.KeyFunctionNotPermitted => new(TokenError.UnfitKey, "The token's key may not encrypt or decrypt."),
        CkResult.MechanismInvalid or CkResult.MechanismParameterInvalid =>
            new(TokenError.Device, $"The token cannot do AES-GCM as it is needed here ({function} returned 0x{(uint)result:X})."),
        CkResult.EncryptedDataInvalid or CkResult.EncryptedDataLengthRange or CkResult.AeadDecryptFailed => NotOpened(result),
        // What SoftHSM and others return for a tag that is wrong.
        CkResult.GeneralError or CkResult.FunctionFailed when function == "C_Decrypt" => NotOpened(result),
        CkResult.DeviceError => new(TokenError.Device, $"The token reports a fault of its own ({function} returned 0x{(uint)result:X})."),
        _ => new(TokenError.Device, $"The token refuses: {function} returned 0x{(uint)result:X}."),
    };

    private static TokenException NotOpened(CkResult result) => new(
        TokenError.NotOpened, $"The token's key does not open it: the file was altered, or another key has taken the label (C_Decrypt returned 0x{(uint)result:X}).");
}
