using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// The number-theoretic transform of FIPS 204 §7.5, algorithms 41 and 42, in place. Two layers a pass, so each coefficient is
/// loaded and stored four times instead of eight.
/// </summary>
internal static class DsaNtt
{
    /// <summary>2^64 / 256 mod q: divides by 256 and cancels the 2^-32 of the product before the inverse and of this one.</summary>
    public const int InverseScale = 41978;

    /// <summary>zeta^BitRev8(k) · 2^32 mod q with zeta = 1753 (FIPS 204 appendix B, in Montgomery form).</summary>
    private static readonly int[] Zetas = ComputeZetas();

    /// <summary>What <see cref="Forward"/> and <see cref="Inverse"/> multiply with, at the index k of the standard.</summary>
    public static int Zeta(int index) => Zetas[index];

    /// <summary>The transform. From |a| &lt; q to |a| &lt; 9q.</summary>
    public static unsafe void Forward(Span<int> polynomial)
    {
        Debug.Assert(polynomial.Length == DsaPolynomial.Size, "One polynomial.");
        fixed (int* a = polynomial)
        fixed (int* zetas = Zetas)
        {
            for (int quarter = 64, blocks = 1; quarter > 0; quarter >>= 2, blocks <<= 2)
            {
                int* block = a;
                for (int k = blocks; k < 2 * blocks; k++, block += 4 * quarter)
                {
                    ForwardBlock(block, quarter, zetas[k], zetas[2 * k], zetas[(2 * k) + 1]);
                }
            }
        }
    }

    /// <summary>The inverse of a product in Montgomery form: a · 2^32 comes out as a. From |a| &lt; q to |a| &lt; q.</summary>
    public static unsafe void Inverse(Span<int> polynomial)
    {
        Debug.Assert(polynomial.Length == DsaPolynomial.Size, "One polynomial.");
        fixed (int* a = polynomial)
        fixed (int* zetas = Zetas)
        {
            for (int quarter = 1, blocks = 64; quarter <= 64; quarter <<= 2, blocks >>= 2)
            {
                int* block = a;
                for (int k = (2 * blocks) - 1; k >= blocks; k--, block += 4 * quarter)
                {
                    InverseBlock(block, quarter, zetas[(2 * k) + 1], zetas[2 * k], zetas[k]);
                }
            }

            for (int i = 0; i < DsaPolynomial.Size; i++)
            {
                a[i] = DsaField.MontgomeryMultiply(InverseScale, a[i]);
            }
        }
    }

    // Growth: q a layer, so |a| < 9q after eight.
    private static unsafe void ForwardBlock(int* block, int quarter, int outer, int low, int high)
    {
        for (int* p = block; p < block + quarter; p++)
        {
            int t2 = DsaField.MontgomeryMultiply(outer, p[2 * quarter]);
            int t3 = DsaField.MontgomeryMultiply(outer, p[3 * quarter]);
            int a0 = p[0] + t2;
            int a2 = p[0] - t2;
            int a1 = p[quarter] + t3;
            int a3 = p[quarter] - t3;

            int t1 = DsaField.MontgomeryMultiply(low, a1);
            t3 = DsaField.MontgomeryMultiply(high, a3);
            p[0] = a0 + t1;
            p[quarter] = a0 - t1;
            p[2 * quarter] = a2 + t3;
            p[3 * quarter] = a2 - t3;
        }
    }

    // Growth: sums double a layer, so |a| < 256q < 2^31 after eight; b - a for -(a - b) takes in the minus sign of algorithm 42.
    private static unsafe void InverseBlock(int* block, int quarter, int low, int high, int outer)
    {
        for (int* p = block; p < block + quarter; p++)
        {
            int a0 = p[0] + p[quarter];
            int a1 = DsaField.MontgomeryMultiply(low, p[quarter] - p[0]);
            int a2 = p[2 * quarter] + p[3 * quarter];
            int a3 = DsaField.MontgomeryMultiply(high, p[3 * quarter] - p[2 * quarter]);

            p[0] = a0 + a2;
            p[2 * quarter] = DsaField.MontgomeryMultiply(outer, a2 - a0);
            p[quarter] = a1 + a3;
            p[3 * quarter] = DsaField.MontgomeryMultiply(outer, a3 - a1);
        }
    }

    private static int[] ComputeZetas()
    {
        const long Zeta = 1753;
        int[] zetas = new int[DsaPolynomial.Size];
        long power = (1L << 32) % DsaField.Q;
        for (int i = 0; i < DsaPolynomial.Size; i++)
        {
            zetas[ReverseBits(i)] = (int)power;
            power = power * Zeta % DsaField.Q;
        }

        return zetas;
    }

    private static int ReverseBits(int value)
    {
        int reversed = 0;
        for (int bit = 0; bit < 8; bit++)
        {
            reversed |= ((value >> bit) & 1) << (7 - bit);
        }

        return reversed;
    }
}
