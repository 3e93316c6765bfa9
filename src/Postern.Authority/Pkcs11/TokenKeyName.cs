namespace Postern.Authority.Pkcs11;

/// <summary>Where a wrapping key is.</summary>
/// <param name="TokenLabel">The token's label, at most 32 bytes of UTF-8.</param>
/// <param name="TokenSerial">Its serial number, at most 16 bytes.</param>
/// <param name="KeyLabel">The key's label in it, 1 to 255 bytes.</param>
internal sealed record TokenKeyName(string TokenLabel, string TokenSerial, string KeyLabel);
