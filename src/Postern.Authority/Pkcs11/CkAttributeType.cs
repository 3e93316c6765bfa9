namespace Postern.Authority.Pkcs11;

/// <summary>CK_ATTRIBUTE_TYPE: those that a wrapping key has.</summary>
internal enum CkAttributeType : uint
{
    Class = 0x00,
    Token = 0x01,
    Private = 0x02,
    Label = 0x03,
    KeyType = 0x100,
    Id = 0x102,
    Sensitive = 0x103,
    Encrypt = 0x104,
    Decrypt = 0x105,
    Wrap = 0x106,
    Unwrap = 0x107,
    ValueLength = 0x161,
    Extractable = 0x162,
}
