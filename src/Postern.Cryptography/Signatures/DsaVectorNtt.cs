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
    private readonly int[] _forward = DsaNttFactors.Forward(TVector.Count);
    private readonly int[] _inverse = DsaNttFactors.Inverse(TVector.Count);

    /// <inheritdoc cref="DsaNtt.Forward"/>
    /// <remarks>Of every polynomial of the vector.</remarks>
    public void Forward(Span<int> vector)
    {
        Debug.Assert(vector.Length % DsaPolynomial.Size == 0, "Whole polynomials.");
        fixed (int* start = vector)
        fixed (int* factors = _forward)
        {
            for (int* a = start; a < start + vector.Length; a += DsaPolynomial.Size)
            {
                ForwardOuter(a, factors);
                ForwardInner(a, factors + (DsaNttFactors.OuterVectors * TVector.Count));
            }
        }
    }

    /// <inheritdoc cref="DsaNtt.Inverse"/>
    /// <remarks>Of every polynomial of the vector.</remarks>
    public void Inverse(Span<int> vector)
    {
        Debug.Assert(vector.Length % DsaPolynomial.Size == 0, "Whole polynomials.");
        fixed (int* start = vector)
        fixed (int* factors = _inverse)
        {
            for (int* a = start; a < start + vector.Length; a += DsaPolynomial.Size)
            {
                InverseInner(a, factors);
                InverseOuter(a, factors + DsaNttFactors.InnerSize);
                DsaVectorPolynomial<TVector>.Multiply(a, DsaNtt.InverseScale);
            }
        }
    }

    // Blocks of 256 and of 64 coefficients. These methods are as large as the compiler's budget for inlining: one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ForwardOuter(int* a, int* factors)
    {
        for (int quarter = 64; quarter >= 16; quarter >>= 2)
        {
            for (int* block = a; block < a + DsaPolynomial.Size; block += 4 * quarter)
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

                factors += DsaNttFactors.StepVectors * TVector.Count;
            }
        }
    }

    // Blocks of 16 and of 4 coefficients.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ForwardInner(int* a, int* factors)
    {
        for (int* p = a; p < a + DsaPolynomial.Size; p += 4 * TVector.Count)
        {
            TVector v0 = TVector.Load(p);
            TVector v1 = TVector.Load(p + TVector.Count);
            TVector v2 = TVector.Load(p + (2 * TVector.Count));
            TVector v3 = TVector.Load(p + (3 * TVector.Count));
            TVector.GatherBlocks(ref v0, ref v1, ref v2, ref v3);
            ForwardStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: false);
            TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
            ForwardStep(ref v0, ref v1, ref v2, ref v3, factors + (DsaNttFactors.StepVectors * TVector.Count), mixed: true);
            TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
            TVector.ScatterBlocks(ref v0, ref v1, ref v2, ref v3);
            TVector.Store(v0, p);
            TVector.Store(v1, p + TVector.Count);
            TVector.Store(v2, p + (2 * TVector.Count));
            TVector.Store(v3, p + (3 * TVector.Count));
            factors += 2 * DsaNttFactors.StepVectors * TVector.Count;
        }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void InverseInner(int* a, int* factors)
    {
        for (int* p = a; p < a + DsaPolynomial.Size; p += 4 * TVector.Count)
        {
            TVector v0 = TVector.Load(p);
            TVector v1 = TVector.Load(p + TVector.Count);
            TVector v2 = TVector.Load(p + (2 * TVector.Count));
            TVector v3 = TVector.Load(p + (3 * TVector.Count));
            TVector.GatherBlocks(ref v0, ref v1, ref v2, ref v3);
            TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
            InverseStep(ref v0, ref v1, ref v2, ref v3, factors, mixed: true);
            TVector.TransposeElements(ref v0, ref v1, ref v2, ref v3);
            InverseStep(ref v0, ref v1, ref v2, ref v3, factors + (DsaNttFactors.StepVectors * TVector.Count), mixed: false);
            TVector.ScatterBlocks(ref v0, ref v1, ref v2, ref v3);
            TVector.Store(v0, p);
            TVector.Store(v1, p + TVector.Count);
            TVector.Store(v2, p + (2 * TVector.Count));
            TVector.Store(v3, p + (3 * TVector.Count));
            factors += 2 * DsaNttFactors.StepVectors * TVector.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void InverseOuter(int* a, int* factors)
    {
        for (int quarter = 16; quarter <= 64; quarter <<= 2)
        {
            for (int* block = a; block < a + DsaPolynomial.Size; block += 4 * quarter)
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

                factors += DsaNttFactors.StepVectors * TVector.Count;
            }
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
}
