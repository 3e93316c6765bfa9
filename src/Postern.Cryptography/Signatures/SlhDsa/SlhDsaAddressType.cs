namespace Postern.Cryptography;

/// <summary>What a hash is for (FIPS 205 §4.2, table 1).</summary>
internal enum SlhDsaAddressType : uint
{
    WotsHash = 0,
    WotsPublicKey = 1,
    Tree = 2,
    ForsTree = 3,
    ForsRoots = 4,
    WotsPrf = 5,
    ForsPrf = 6,
}
