using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary><see cref="KemNtt"/> on vectors. Coefficients may differ by multiples of q within the same bounds.</summary>
// Layers whose halves are further apart than a vector is long work on whole vectors; the others spread the halves of each block.
internal static unsafe class KemVectorNtt<TVector>
    where TVector : unmanaged, IKemVector<TVector>
{
    /// <inheritdoc cref="KemNtt.Forward"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(Span<short> polynomial)
    {
        Debug.Assert(polynomial.Length == KemPolynomial.Length, "One polynomial.");
        TVector q = TVector.Create(KemField.Q);
        fixed (short* f = polynomial)
        fixed (short* zetas = KemNtt.Zetas)
        {
            short* zeta = zetas + 1;
            for (int length = 128; length >= TVector.Count; length >>= 1)
            {
                for (short* block = f; block < f + KemPolynomial.Length; block += 2 * length)
                {
                    TVector factor = TVector.Create(*zeta);
                    TVector factorByQ = TVector.Create((short)(*zeta++ * KemField.InverseOfQ));
                    for (short* low = block; low < block + length; low += TVector.Count)
                    {
                        TVector product = Multiply(TVector.Load(low + length), factor, factorByQ, q);
                        TVector value = TVector.Load(low);
                        TVector.Store(value - product, low + length);
                        TVector.Store(value + product, low);
                    }
                }
            }

            for (int i = 0; i < KemPolynomial.Length; i += TVector.Count)
            {
                TVector value = TVector.Load(f + i);
                if (TVector.Count > 16) value = ForwardLayer(value, i, 16, q);
                if (TVector.Count > 8) value = ForwardLayer(value, i, 8, q);
                value = ForwardLayer(value, i, 4, q);
                value = ForwardLayer(value, i, 2, q);
                TVector.Store(KemVectorPolynomial<TVector>.Reduce(value, q), f + i);
            }
        }
    }

    /// <inheritdoc cref="KemNtt.Inverse"/>
    // The layers inside a vector leave less than 0.6q. From there five layers that double would reach 18q: one reduction is needed, but
    // not before 8.8q = 29300 at the layer of 64.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse(Span<short> polynomial)
    {
        Debug.Assert(polynomial.Length == KemPolynomial.Length, "One polynomial.");
        TVector q = TVector.Create(KemField.Q);
        fixed (short* f = polynomial)
        fixed (short* zetas = KemNtt.Zetas)
        {
            for (int i = 0; i < KemPolynomial.Length; i += TVector.Count)
            {
                TVector value = InverseLayer(TVector.Load(f + i), i, 2, q);
                value = InverseLayer(value, i, 4, q);
                if (TVector.Count > 8) value = InverseLayer(value, i, 8, q);
                if (TVector.Count > 16) value = InverseLayer(value, i, 16, q);
                TVector.Store(value, f + i);
            }

            short* zeta = zetas + (256 / TVector.Count) - 1;
            for (int length = TVector.Count; length <= 128; length <<= 1)
            {
                for (short* block = f; block < f + KemPolynomial.Length; block += 2 * length)
                {
                    TVector factor = TVector.Create(*zeta);
                    TVector factorByQ = TVector.Create((short)(*zeta-- * KemField.InverseOfQ));
                    for (short* low = block; low < block + length; low += TVector.Count)
                    {
                        TVector value = TVector.Load(low);
                        TVector other = TVector.Load(low + length);
                        TVector sum = value + other;
                        TVector.Store(length == 64 ? KemVectorPolynomial<TVector>.Reduce(sum, q) : sum, low);
                        TVector.Store(Multiply(other - value, factor, factorByQ, q), low + length);
                    }
                }
            }

            KemVectorPolynomial<TVector>.Multiply(f, KemField.InverseNttScale);
        }
    }

    /// <inheritdoc cref="KemNtt.Product"/>
    // b0 + b1·X is turned into b0 + γ·b1·X once, so that both coefficients of a product are sums of products of neighbours. The terms
    // are below 2^12·(0.52q + 0.52q), which keeps the bound on the number of polynomials.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Product(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> result)
    {
        Debug.Assert(left.Length == right.Length && left.Length <= 7 * KemPolynomial.Length, "Two vectors of one length.");
        Debug.Assert(result.Length == KemPolynomial.Length, "One polynomial.");
        TVector q = TVector.Create(KemField.Q);
        TVector inverseOfQ = TVector.Create(KemField.InverseOfQ);
        int length = left.Length;
        short* gammas = KemTwiddles.Product;
        fixed (short* a = left)
        fixed (short* b = right)
        fixed (short* r = result)
        {
            for (int i = 0; i < KemPolynomial.Length; i += TVector.Count)
            {
                TVector gamma = TVector.Load(gammas + i);
                TVector gammaByQ = TVector.Load(gammas + KemPolynomial.Length + i);
                TVector even = TVector.Create(0);
                TVector odd = TVector.Create(0);
                for (int j = i; j < length; j += KemPolynomial.Length)
                {
                    TVector first = TVector.Load(a + j);
                    TVector second = TVector.Load(b + j);
                    even = TVector.AddWords(even, TVector.MultiplyAddPairs(first, Multiply(second, gamma, gammaByQ, q)));
                    odd = TVector.AddWords(odd, TVector.MultiplyAddPairs(first, TVector.Swap(second, 1)));
                }

                // Montgomery reduction of 32-bit numbers, both of their halves in vectors of their own.
                TVector quotient = TVector.JoinLow(even, odd) * inverseOfQ;
                TVector.Store(TVector.JoinHigh(even, odd) - TVector.MultiplyHigh(quotient, q), r + i);
            }
        }
    }

    /// <summary>Montgomery products with factors whose products with q^-1 are known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Multiply(TVector value, TVector factor, TVector factorByQ, TVector q) =>
        TVector.MultiplyHigh(value, factor) - TVector.MultiplyHigh(value * factorByQ, q);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ForwardLayer(TVector value, int index, int length, TVector q)
    {
        short* factors = KemTwiddles.Forward(length) + index;
        TVector upper = TVector.SpreadHigh(value, length);
        return TVector.SpreadLow(value, length)
            + Multiply(upper, TVector.Load(factors), TVector.Load(factors + KemPolynomial.Length), q);
    }

    // The lower half becomes low + high, the upper high - low. Multiplied by one or by the factor, both are reduced.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector InverseLayer(TVector value, int index, int length, TVector q)
    {
        short* factors = KemTwiddles.Inverse(length) + index;
        TVector upper = TVector.Load(KemTwiddles.UpperHalves(length));
        TVector sum = value + ((TVector.Swap(value, length) ^ upper) - upper);
        return Multiply(sum, TVector.Load(factors), TVector.Load(factors + KemPolynomial.Length), q);
    }
}
