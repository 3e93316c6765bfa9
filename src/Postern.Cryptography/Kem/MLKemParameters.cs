using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>One row of FIPS 203 §8, table 2, or numbers of that kind. All sizes follow from them.</summary>
/// <param name="K">Rank of the module: polynomials in a vector.</param>
/// <param name="Eta1">Width of the noise of s, e and y: 2 or 3.</param>
/// <param name="Eta2">Width of the noise of e1 and e2: 2 or 3.</param>
/// <param name="Du">Bits of a coefficient of u in the ciphertext.</param>
/// <param name="Dv">Bits of a coefficient of v in the ciphertext.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MLKemParameters(int K, int Eta1, int Eta2, int Du, int Dv)
{
    /// <summary>Size in bytes of a seed, a message, a hash and a shared secret.</summary>
    public const int SeedSize = 32;

    /// <summary>Coefficients in a vector of K polynomials.</summary>
    public int VectorLength => K * KemPolynomial.Length;

    /// <summary>Size of a vector with 12 bits a coefficient: the decryption key, and the encryption key without ρ.</summary>
    public int EncodedVectorSize => KemPacking.EncodedSize(KemPacking.FullBits) * K;

    /// <summary>Size of the encapsulation key: t̂ ‖ ρ.</summary>
    public int PublicKeySize => EncodedVectorSize + SeedSize;

    /// <summary>Size of the decapsulation key: ŝ ‖ ek ‖ H(ek) ‖ z.</summary>
    public int SecretKeySize => EncodedVectorSize + PublicKeySize + SeedSize + SeedSize;

    /// <summary>Size of the compressed polynomial u[i].</summary>
    public int EncodedUSize => KemPacking.EncodedSize(Du);

    /// <summary>Size of the compressed polynomial v.</summary>
    public int EncodedVSize => KemPacking.EncodedSize(Dv);

    /// <summary>Size of a ciphertext: u ‖ v.</summary>
    public int CiphertextSize => (EncodedUSize * K) + EncodedVSize;
}
