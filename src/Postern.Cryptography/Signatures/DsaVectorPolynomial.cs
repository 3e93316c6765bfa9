using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary><see cref="DsaPolynomial"/> on vectors, with the same bounds and representatives.</summary>
internal static unsafe class DsaVectorPolynomial<TVector>
    where TVector : unmanaged, IDsaVector<TVector>
{
    /// <inheritdoc cref="DsaPolynomial.Multiply"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> product)
    {
        Debug.Assert(left.Length == DsaPolynomial.Size && right.Length == left.Length && product.Length == left.Length, "Polynomials.");
        fixed (int* a = left)
        fixed (int* b = right)
        fixed (int* p = product)
        {
            for (int i = 0; i < DsaPolynomial.Size; i += TVector.Count)
            {
                TVector.Store(DsaVectorField<TVector>.MontgomeryMultiply(TVector.Load(a + i), TVector.Load(b + i)), p + i);
            }
        }
    }

    /// <summary>Multiplies a polynomial in place by factor · 2^-32, to (-q, q).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int* polynomial, int factor)
    {
        TVector value = TVector.Broadcast(factor);
        TVector scaled = TVector.Broadcast(factor * DsaField.QInverse);
        for (int* p = polynomial; p < polynomial + DsaPolynomial.Size; p += TVector.Count)
        {
            TVector.Store(DsaVectorField<TVector>.MontgomeryMultiply(TVector.Load(p), value, scaled, mixed: false), p);
        }
    }

    /// <inheritdoc cref="DsaPolynomial.MultiplyRow"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyRow(ReadOnlySpan<int> row, ReadOnlySpan<int> vector, Span<int> product)
    {
        Debug.Assert(row.Length == vector.Length && product.Length == DsaPolynomial.Size, "A row, a vector, one polynomial.");
        int length = row.Length;
        fixed (int* a = row)
        fixed (int* b = vector)
        fixed (int* p = product)
        {
            for (int i = 0; i < DsaPolynomial.Size; i += TVector.Count)
            {
                TVector left = TVector.Load(a + i);
                TVector right = TVector.Load(b + i);
                TVector even = TVector.MultiplyEven(left, right);
                TVector odd = DsaVectorField<TVector>.MultiplyOdd(left, right);
                for (int j = i + DsaPolynomial.Size; j < length; j += DsaPolynomial.Size)
                {
                    left = TVector.Load(a + j);
                    right = TVector.Load(b + j);
                    even = TVector.AddWide(even, TVector.MultiplyEven(left, right));
                    odd = TVector.AddWide(odd, DsaVectorField<TVector>.MultiplyOdd(left, right));
                }

                TVector.Store(DsaVectorField<TVector>.MontgomeryReduce(even, odd), p + i);
            }
        }
    }

    /// <inheritdoc cref="DsaPolynomial.Add"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<int> target, ReadOnlySpan<int> addend)
    {
        Debug.Assert(target.Length == addend.Length && target.Length % TVector.Count == 0, "Two of one length.");
        int length = target.Length;
        fixed (int* a = target)
        fixed (int* b = addend)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector.Store(DsaVectorField<TVector>.Reduce(TVector.Load(a + i) + TVector.Load(b + i)), a + i);
            }
        }
    }

    /// <inheritdoc cref="DsaPolynomial.Subtract"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(Span<int> target, ReadOnlySpan<int> subtrahend)
    {
        Debug.Assert(target.Length == subtrahend.Length && target.Length % TVector.Count == 0, "Two of one length.");
        int length = target.Length;
        fixed (int* a = target)
        fixed (int* b = subtrahend)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector.Store(DsaVectorField<TVector>.Reduce(TVector.Load(a + i) - TVector.Load(b + i)), a + i);
            }
        }
    }

    /// <inheritdoc cref="DsaPolynomial.Reduce"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(Span<int> polynomial)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        int length = polynomial.Length;
        fixed (int* a = polynomial)
        {
            for (int i = 0; i < length; i += TVector.Count) TVector.Store(DsaVectorField<TVector>.Reduce(TVector.Load(a + i)), a + i);
        }
    }

    /// <inheritdoc cref="DsaPolynomial.ToCanonical"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToCanonical(Span<int> polynomial)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        int length = polynomial.Length;
        fixed (int* a = polynomial)
        {
            for (int i = 0; i < length; i += TVector.Count) TVector.Store(DsaVectorField<TVector>.ToCanonical(TVector.Load(a + i)), a + i);
        }
    }

    /// <inheritdoc cref="DsaPolynomial.ReachesBound"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool ReachesBound(ReadOnlySpan<int> polynomial, int bound)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        int length = polynomial.Length;
        TVector highest = TVector.Broadcast(bound - 1);
        TVector reached = TVector.Broadcast(0);
        fixed (int* a = polynomial)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector value = TVector.Load(a + i);
                TVector sign = value >> 31;
                reached |= highest - ((value ^ sign) - sign);
            }
        }

        return TVector.AnyNegative(reached);
    }
}
