using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>
/// <see cref="DsaNtt"/> on vectors: the same steps, hence the same bounds and representatives. The first four layers work between vectors; for
/// the last four, a quarter of a block at a time is brought into a vector of its own. The inverse goes the other way round.
/// </summary>
internal sealed unsafe class DsaVectorNtt<TVector>
    where TVector : unmanaged, IDsaVector<TVector>
{
    // Three factors a step, each as itself and times q^-1 mod 2^32, in order of use.
    private const int FactorVectors = 6;

    private readonly int[] _forward;
    private readonly int[] _inverse;

    public DsaVectorNtt()
    {
        // Five outer blocks, then two steps for each four vectors.
        int outer = 5 * FactorVectors * TVector.Count;
        int inner = 2 * FactorVectors * DsaPolynomial.Size / 4;
        _forward = GC.AllocateArray<int>(outer + inner, pinned: true);
        _inverse = GC.AllocateArray<int>(outer + inner, pinned: true);
        FillForward();
        FillInverse();
    }

    /// <inheritdoc cref="DsaNtt.Forward"/>
    /// <remarks>Of every polynomial of the vector.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(Span<int> vector)
    {
        Debug.Assert(vector.Length % DsaPolynomial.Size == 0, "Whole polynomials.");
        int length = vector.Length;
        fixed (int* start = vector)
        fixed (int* table = _forward)
        {
            for (int* a = start; a < start + length; a += DsaPolynomial.Size)
            {
                int* factors = table;
                ForwardBlock(a, 64, ref factors);
                for (int* block = a; block < a + DsaPolynomial.Size; block += 64) ForwardBlock(block, 16, ref factors);
                for (int* block = a; block < a + DsaPolynomial.Size; block += 4 * TVector.Count) ForwardInner(block, ref factors);
            }
        }
    }

    /// <inheritdoc cref="DsaNtt.Inverse"/>
    /// <remarks>Of every polynomial of the vector.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Inverse(Span<int> vector)
    {
        Debug.Assert(vector.Length % DsaPolynomial.Size == 0, "Whole polynomials.");
        int length = vector.Length;
        fixed (int* start = vector)
        fixed (int* table = _inverse)
        {
            for (int* a = start; a < start + length; a += DsaPolynomial.Size)
            {
                int* factors = table;
                for (int* block = a; block < a + DsaPolynomial.Size; block += 4 * TVector.Count) InverseInner(block, ref factors);
                for (int* block = a; block < a + DsaPolynomial.Size; block += 64) InverseBlock(block, 16, ref factors);
                InverseLast(a, factors);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForwardBlock(int* block, int quarter, ref int* factors)
    {
        for (int* p = block; p < block + quarter; p += TVector.Count)
        {
            TVector v0 = TVector.Load(p);
            TVector v1 = TVector.Load(p + quarter);
            TVector v2 = TVector.Load(p + (2 * quarter));
            TVector v3 = TVector.Load(p + (3 * quarter));
            ForwardStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: false);
            TVector.Store(v0, p);
            TVector.Store(v1, p + quarter);
            TVector.Store(v2, p + (2 * quarter));
            TVector.Store(v3, p + (3 * quarter));
        }

        factors += FactorVectors * TVector.Count;
    }

    // Blocks of 16 and of 4 coefficients.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForwardInner(int* p, ref int* factors)
    {
        TVector v0 = TVector.Load(p);
        TVector v1 = TVector.Load(p + TVector.Count);
        TVector v2 = TVector.Load(p + (2 * TVector.Count));
        TVector v3 = TVector.Load(p + (3 * TVector.Count));
        TVector.GatherBlocks(ref v0, ref v1, ref v2, ref v3);
        ForwardStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: false);
        TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
        ForwardStep(ref v0, ref v1, ref v2, ref v3, factors + (FactorVectors * TVector.Count), mixed: true);
        TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
        TVector.ScatterBlocks(ref v0, ref v1, ref v2, ref v3);
        TVector.Store(v0, p);
        TVector.Store(v1, p + TVector.Count);
        TVector.Store(v2, p + (2 * TVector.Count));
        TVector.Store(v3, p + (3 * TVector.Count));
        factors += 2 * FactorVectors * TVector.Count;
    }

    // Two layers on the four quarters of a block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForwardStep(ref TVector v0, ref TVector v1, ref TVector v2, ref TVector v3, int* factors, bool mixed)
    {
        TVector t2 = Multiply(v2, factors, mixed);
        TVector t3 = Multiply(v3, factors, mixed);
        TVector a2 = v0 - t2;
        TVector a3 = v1 - t3;
        TVector a0 = v0 + t2;
        TVector a1 = Multiply(v1 + t3, factors + (2 * TVector.Count), mixed);
        a3 = Multiply(a3, factors + (4 * TVector.Count), mixed);
        v0 = a0 + a1;
        v1 = a0 - a1;
        v2 = a2 + a3;
        v3 = a2 - a3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InverseInner(int* p, ref int* factors)
    {
        TVector v0 = TVector.Load(p);
        TVector v1 = TVector.Load(p + TVector.Count);
        TVector v2 = TVector.Load(p + (2 * TVector.Count));
        TVector v3 = TVector.Load(p + (3 * TVector.Count));
        TVector.GatherBlocks(ref v0, ref v1, ref v2, ref v3);
        TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
        InverseStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: true);
        TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
        InverseStep(ref v0, ref v1, ref v2, ref v3, factors + (FactorVectors * TVector.Count), mixed: false);
        TVector.ScatterBlocks(ref v0, ref v1, ref v2, ref v3);
        TVector.Store(v0, p);
        TVector.Store(v1, p + TVector.Count);
        TVector.Store(v2, p + (2 * TVector.Count));
        TVector.Store(v3, p + (3 * TVector.Count));
        factors += 2 * FactorVectors * TVector.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InverseBlock(int* block, int quarter, ref int* factors)
    {
        for (int* p = block; p < block + quarter; p += TVector.Count)
        {
            TVector v0 = TVector.Load(p);
            TVector v1 = TVector.Load(p + quarter);
            TVector v2 = TVector.Load(p + (2 * quarter));
            TVector v3 = TVector.Load(p + (3 * quarter));
            InverseStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: false);
            TVector.Store(v0, p);
            TVector.Store(v1, p + quarter);
            TVector.Store(v2, p + (2 * quarter));
            TVector.Store(v3, p + (3 * quarter));
        }

        factors += FactorVectors * TVector.Count;
    }

    // The last block and the scale.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InverseLast(int* block, int* factors)
    {
        TVector scale = TVector.Broadcast(DsaNtt.InverseScale);
        TVector scaled = TVector.Broadcast(Scaled(DsaNtt.InverseScale));
        for (int* p = block; p < block + 64; p += TVector.Count)
        {
            TVector v0 = TVector.Load(p);
            TVector v1 = TVector.Load(p + 64);
            TVector v2 = TVector.Load(p + 128);
            TVector v3 = TVector.Load(p + 192);
            InverseStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: false);
            TVector.Store(DsaVectorField<TVector>.MontgomeryMultiply(v0, scale, scaled, mixed: false), p);
            TVector.Store(DsaVectorField<TVector>.MontgomeryMultiply(v1, scale, scaled, mixed: false), p + 64);
            TVector.Store(DsaVectorField<TVector>.MontgomeryMultiply(v2, scale, scaled, mixed: false), p + 128);
            TVector.Store(DsaVectorField<TVector>.MontgomeryMultiply(v3, scale, scaled, mixed: false), p + 192);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InverseStep(ref TVector v0, ref TVector v1, ref TVector v2, ref TVector v3, int* factors, bool mixed)
    {
        TVector a0 = v0 + v1;
        TVector a1 = Multiply(v1 - v0, factors, mixed);
        TVector a2 = v2 + v3;
        TVector a3 = Multiply(v3 - v2, factors + (2 * TVector.Count), mixed);
        v0 = a0 + a2;
        v1 = a1 + a3;
        v2 = Multiply(a2 - a0, factors + (4 * TVector.Count), mixed);
        v3 = Multiply(a3 - a1, factors + (4 * TVector.Count), mixed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Multiply(TVector value, int* factor, bool mixed) =>
        DsaVectorField<TVector>.MontgomeryMultiply(value, TVector.Load(factor), TVector.Load(factor + TVector.Count), mixed);

    // The standard's indices k of the factors: block b of 2^n has k = 2^n + b, and 2k and 2k + 1 a layer further in.
    private void FillForward()
    {
        Span<int> rest = _forward;
        AppendForward(ref rest, _ => 1);
        for (int b = 0; b < 4; b++)
        {
            int k = 4 + b;
            AppendForward(ref rest, _ => k);
        }

        for (int first = 0; first < DsaPolynomial.Size / 4; first += TVector.Count)
        {
            int start = first;
            AppendForward(ref rest, element => 16 + ((start + element) / 4));
            AppendForward(ref rest, element => 64 + start + element);
        }
    }

    // The inverse takes the factors of a layer from the last to the first.
    private void FillInverse()
    {
        Span<int> rest = _inverse;
        for (int first = 0; first < DsaPolynomial.Size / 4; first += TVector.Count)
        {
            int start = first;
            AppendInverse(ref rest, element => 127 - start - element);
            AppendInverse(ref rest, element => 31 - ((start + element) / 4));
        }

        for (int b = 0; b < 4; b++)
        {
            int k = 7 - b;
            AppendInverse(ref rest, _ => k);
        }

        AppendInverse(ref rest, _ => 1);
    }

    private static void AppendForward(ref Span<int> rest, Func<int, int> index)
    {
        AppendFactor(ref rest, element => DsaNtt.Zeta(index(element)));
        AppendFactor(ref rest, element => DsaNtt.Zeta(2 * index(element)));
        AppendFactor(ref rest, element => DsaNtt.Zeta((2 * index(element)) + 1));
    }

    private static void AppendInverse(ref Span<int> rest, Func<int, int> index)
    {
        AppendFactor(ref rest, element => DsaNtt.Zeta((2 * index(element)) + 1));
        AppendFactor(ref rest, element => DsaNtt.Zeta(2 * index(element)));
        AppendFactor(ref rest, element => DsaNtt.Zeta(index(element)));
    }

    private static void AppendFactor(ref Span<int> rest, Func<int, int> factor)
    {
        for (int i = 0; i < TVector.Count; i++)
        {
            rest[i] = factor(i);
            rest[TVector.Count + i] = Scaled(rest[i]);
        }

        rest = rest[(2 * TVector.Count)..];
    }

    private static int Scaled(int factor) => factor * DsaField.QInverse;
}
