using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>The number-theoretic transform and the product in its domain (FIPS 203 §4.3).</summary>
// AggressiveOptimization on the loops over coefficients, here and in the classes beside: compiled once and fully, so that the first
// handshake is fast and no profile of secret data shapes the code.
internal static class KemNtt
{
    // 17^BitRev7(i)·2^16 mod q, closest to zero: the powers of FIPS 203 appendix A in Montgomery form.
    internal static ReadOnlySpan<short> Zetas =>
    [
        -1044, -758, -359, -1517, 1493, 1422, 287, 202, -171, 622, 1577, 182, 962, -1202, -1474, 1468,
        573, -1325, 264, 383, -829, 1458, -1602, -130, -681, 1017, 732, 608, -1542, 411, -205, -1571,
        1223, 652, -552, 1015, -1293, 1491, -282, -1544, 516, -8, -320, -666, -1618, -1162, 126, 1469,
        -853, -90, -271, 830, 107, -1421, -247, -951, -398, 961, -1508, -725, 448, -1065, 677, -1275,
        -1103, 430, 555, 843, -1251, 871, 1550, 105, 422, 587, 177, -235, -291, -460, 1574, 1653,
        -246, 778, 1159, -147, -777, 1483, -602, 1119, -1590, 644, -872, 349, 418, 329, -156, -75,
        817, 1097, 603, 610, 1322, -1285, -1465, 384, -1215, -136, 1218, -1335, -874, 220, -1187, -1659,
        -1185, -1530, -1278, 794, -1510, -854, -870, 478, -108, -308, 996, 991, 958, -1460, 1522, 1628,
    ];

    /// <summary>
    /// Algorithm 9, in place. Coefficients come in smaller than q and go out closest to zero, so that products of them can be summed.
    /// </summary>
    // Every layer adds less than q to a coefficient: after seven layers 8q = 26632 still fits 16 bits, one reduction at the end is enough.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Forward(Span<short> polynomial)
    {
        Debug.Assert(polynomial.Length == KemPolynomial.Length, "One polynomial.");
        fixed (short* f = polynomial)
        fixed (short* zetas = Zetas)
        {
            short* zeta = zetas + 1;
            for (int length = 128; length >= 2; length >>= 1)
            {
                for (short* block = f; block < f + KemPolynomial.Length; block += 2 * length)
                {
                    int factor = *zeta++;
                    for (short* low = block; low < block + length; low++)
                    {
                        int product = KemField.MontgomeryMultiply(factor, low[length]);
                        int value = *low;
                        low[length] = (short)(value - product);
                        *low = (short)(value + product);
                    }
                }
            }
        }

        KemPolynomial.Reduce(polynomial);
    }

    /// <summary>
    /// Algorithm 10, in place, times 2^16: undoes the factor that <see cref="Product"/> leaves. Coefficients come in and go out smaller
    /// than q.
    /// </summary>
    // A layer doubles the sums. From q they reach 8q = 26632 in three layers; reduced to q/2 there, they reach 8q again in the last four.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Inverse(Span<short> polynomial)
    {
        Debug.Assert(polynomial.Length == KemPolynomial.Length, "One polynomial.");
        fixed (short* f = polynomial)
        fixed (short* zetas = Zetas)
        {
            short* zeta = zetas + 127;
            for (int length = 2; length <= 128; length <<= 1)
            {
                for (short* block = f; block < f + KemPolynomial.Length; block += 2 * length)
                {
                    int factor = *zeta--;
                    for (short* low = block; low < block + length; low++)
                    {
                        int value = *low;
                        int other = low[length];
                        *low = (short)(value + other);
                        low[length] = (short)KemField.MontgomeryMultiply(factor, other - value);
                    }
                }

                if (length == 8) KemPolynomial.Reduce(polynomial);
            }

            for (int i = 0; i < KemPolynomial.Length; i++)
            {
                f[i] = (short)KemField.MontgomeryMultiply(KemField.InverseNttScale, f[i]);
            }
        }
    }

    /// <summary>
    /// Σ left[j] ∘ right[j] over the polynomials of two vectors (algorithms 11 and 12), times 2^-16. <paramref name="left"/> holds numbers
    /// of 12 bits, <paramref name="right"/> numbers closest to zero; the result is smaller than q.
    /// </summary>
    // A term is below 2·2^12·q/2 and reduction takes sums below q·2^15, so that vectors of up to seven polynomials need one reduction.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Product(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> result)
    {
        Debug.Assert(left.Length == right.Length && left.Length <= 7 * KemPolynomial.Length, "Two vectors of one length.");
        Debug.Assert(result.Length == KemPolynomial.Length, "One polynomial.");
        int length = left.Length;
        fixed (short* a = left)
        fixed (short* b = right)
        fixed (short* r = result)
        fixed (short* zetas = Zetas)
        {
            for (int i = 0; i < KemPolynomial.Length; i += 4)
            {
                int gamma = zetas[64 + (i >> 2)];
                int sum0 = 0;
                int sum1 = 0;
                int sum2 = 0;
                int sum3 = 0;
                for (int j = i; j < length; j += KemPolynomial.Length)
                {
                    // (a0 + a1·X)(b0 + b1·X) modulo X² - γ, then modulo X² + γ.
                    sum0 += (a[j] * b[j]) + (KemField.MontgomeryMultiply(gamma, a[j + 1]) * b[j + 1]);
                    sum1 += (a[j] * b[j + 1]) + (a[j + 1] * b[j]);
                    sum2 += (a[j + 2] * b[j + 2]) - (KemField.MontgomeryMultiply(gamma, a[j + 3]) * b[j + 3]);
                    sum3 += (a[j + 2] * b[j + 3]) + (a[j + 3] * b[j + 2]);
                }

                r[i] = (short)KemField.MontgomeryReduce(sum0);
                r[i + 1] = (short)KemField.MontgomeryReduce(sum1);
                r[i + 2] = (short)KemField.MontgomeryReduce(sum2);
                r[i + 3] = (short)KemField.MontgomeryReduce(sum3);
            }
        }
    }
}
