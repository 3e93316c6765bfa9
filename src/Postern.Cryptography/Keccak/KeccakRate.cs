namespace Postern.Cryptography;

/// <summary>Rates of the Keccak sponge in bytes: how many bytes one permutation absorbs or gives (FIPS 202 §6, primitives §2).</summary>
internal static class KeccakRate
{
    /// <summary>168 bytes: SHAKE128, cSHAKE128.</summary>
    public const int Bits128 = 168;

    /// <summary>136 bytes: SHA3-256, SHAKE256, cSHAKE256, KMAC256.</summary>
    public const int Bits256 = 136;

    /// <summary>72 bytes: SHA3-512, and the non-standard cSHAKE-512 and KMAC-512 of the reference library.</summary>
    public const int Bits512 = 72;
}
