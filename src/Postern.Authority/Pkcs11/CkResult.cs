namespace Postern.Authority.Pkcs11;

/// <summary>CK_RV: those that have words of their own here.</summary>
internal enum CkResult : uint
{
    Ok = 0,
    GeneralError = 0x05,
    FunctionFailed = 0x06,
    DeviceError = 0x30,
    DeviceRemoved = 0x32,
    AeadDecryptFailed = 0x35,
    EncryptedDataInvalid = 0x40,
    EncryptedDataLengthRange = 0x41,
    KeyFunctionNotPermitted = 0x68,
    MechanismInvalid = 0x70,
    MechanismParameterInvalid = 0x71,
    PinIncorrect = 0xA0,
    PinInvalid = 0xA1,
    PinLengthRange = 0xA2,
    PinExpired = 0xA3,
    PinLocked = 0xA4,
    TokenNotPresent = 0xE0,
    TokenNotRecognized = 0xE1,
    TokenWriteProtected = 0xE2,
    UserPinNotInitialized = 0x102,
}
