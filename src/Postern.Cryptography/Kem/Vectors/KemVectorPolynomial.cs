using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary><see cref="KemPolynomial"/>, the compression of <see cref="KemPacking"/> and the binomials of <see cref="KemSampling"/> on vectors.</summary>
internal static unsafe class KemVectorPolynomial<TVector>
    where TVector : unmanaged, IKemVector<TVector>
{
    /// <inheritdoc cref="KemPolynomial.Add"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<short> target, ReadOnlySpan<short> addend)
    {
        Debug.Assert(target.Length == addend.Length && target.Length % TVector.Count == 0, "Equal lengths.");
        fixed (short* sums = target)
        fixed (short* addends = addend)
        {
            for (int i = 0; i < target.Length; i += TVector.Count)
            {
                TVector.Store(TVector.Load(sums + i) + TVector.Load(addends + i), sums + i);
            }
        }
    }

    /// <inheritdoc cref="KemPolynomial.SubtractFrom"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SubtractFrom(ReadOnlySpan<short> minuend, Span<short> target)
    {
        Debug.Assert(target.Length == minuend.Length && target.Length % TVector.Count == 0, "Equal lengths.");
        fixed (short* differences = target)
        fixed (short* minuends = minuend)
        {
            for (int i = 0; i < target.Length; i += TVector.Count)
            {
                TVector.Store(TVector.Load(minuends + i) - TVector.Load(differences + i), differences + i);
            }
        }
    }

    /// <inheritdoc cref="KemPolynomial.ToCanonical"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToCanonical(Span<short> vector)
    {
        Debug.Assert(vector.Length % TVector.Count == 0, "Whole vectors.");
        TVector q = TVector.Create(KemField.Q);
        fixed (short* f = vector)
        {
            for (int i = 0; i < vector.Length; i += TVector.Count)
            {
                TVector value = Reduce(TVector.Load(f + i), q);
                TVector.Store(value + ((value >> 15) & q), f + i);
            }
        }
    }

    /// <inheritdoc cref="KemPolynomial.RemoveProductFactor"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RemoveProductFactor(Span<short> polynomial)
    {
        Debug.Assert(polynomial.Length == KemPolynomial.Length, "One polynomial.");
        fixed (short* f = polynomial) Multiply(f, KemField.MontgomerySquare);
    }

    /// <inheritdoc cref="KemPolynomial.IsReduced"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool IsReduced(ReadOnlySpan<short> vector)
    {
        Debug.Assert(vector.Length % (2 * TVector.Count) == 0, "Whole vectors.");
        TVector largest = TVector.Create(KemField.Q - 1);
        TVector tooLarge = TVector.Create(0);
        fixed (short* f = vector)
        {
            for (int i = 0; i < vector.Length; i += TVector.Count)
            {
                // All ones is -1: where any number was too large the sum is not zero, as there are fewer than 2^16.
                tooLarge += TVector.GreaterThan(TVector.Load(f + i), largest);
            }
        }

        return TVector.IsZero(tooLarge);
    }

    /// <inheritdoc cref="KemPacking.Compress"/>
    // The estimate of ⌊2^d·x/q⌋ is off by less than 0.02 before it is rounded down, so that the result is the estimate or one more, which
    // the remainder tells: it is below 2q and known modulo 2^16.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Span<short> polynomial, int bits)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        int shift = Math.Max(0, bits - 10);
        TVector reciprocal = TVector.Create((short)(((1 << (16 + bits - shift)) + (KemField.Q / 2)) / KemField.Q));
        TVector q = TVector.Create(KemField.Q);
        TVector half = TVector.Create(KemField.Q / 2);
        TVector largest = TVector.Create(KemField.Q - 1);
        TVector mask = TVector.Create((short)((1 << bits) - 1));
        fixed (short* f = polynomial)
        {
            for (int i = 0; i < polynomial.Length; i += TVector.Count)
            {
                TVector value = TVector.Load(f + i);
                TVector estimate = TVector.MultiplyHigh(value << shift, reciprocal);
                TVector remainder = (value << bits) + half - (estimate * q);
                TVector.Store((estimate - TVector.GreaterThan(remainder, largest)) & mask, f + i);
            }
        }
    }

    /// <inheritdoc cref="KemPacking.Decompress"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decompress(Span<short> polynomial, int bits)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        TVector q = TVector.Create(KemField.Q);
        fixed (short* f = polynomial)
        {
            for (int i = 0; i < polynomial.Length; i += TVector.Count)
            {
                TVector.Store(TVector.MultiplyHighRounded(TVector.Load(f + i) << (15 - bits), q), f + i);
            }
        }
    }

    /// <summary>SamplePolyCBD, algorithm 8, of numbers of 2·<paramref name="eta"/> bits, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binomial(Span<short> polynomial, int eta)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        TVector ones = TVector.Create((short)(1 | (1 << eta)));
        TVector mask = TVector.Create((short)((1 << eta) - 1));
        fixed (short* f = polynomial)
        {
            for (int i = 0; i < polynomial.Length; i += TVector.Count)
            {
                TVector bits = TVector.Load(f + i);
                TVector sums = (bits & ones) + ((bits >> 1) & ones);
                if (eta == 3) sums += (bits >> 2) & ones;
                TVector.Store((sums & mask) - (sums >> eta), f + i);
            }
        }
    }

    /// <summary>Montgomery products of one polynomial with a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Multiply(short* polynomial, short factor)
    {
        TVector q = TVector.Create(KemField.Q);
        TVector factors = TVector.Create(factor);
        TVector factorsByQ = TVector.Create((short)(factor * KemField.InverseOfQ));
        for (int i = 0; i < KemPolynomial.Length; i += TVector.Count)
        {
            TVector.Store(KemVectorNtt<TVector>.Multiply(TVector.Load(polynomial + i), factors, factorsByQ, q), polynomial + i);
        }
    }

    /// <summary><see cref="KemField.BarrettReduce"/>: the product with 2^26/q is rounded in two steps, which gives the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Reduce(TVector value, TVector q)
    {
        TVector quotient = (TVector.MultiplyHigh(value, TVector.Create(KemField.BarrettFactor)) + TVector.Create(1 << 9)) >> 10;
        return value - (quotient * q);
    }
}
