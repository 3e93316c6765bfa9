namespace Postern.Cryptography;

/// <summary>
/// What <see cref="DsaVectorNtt{TVector}"/> multiplies with, in order of use, for one width of vectors: for every step, which is two layers on
/// four quarters of a block, three factors, each a vector of itself and one of it times q^-1 mod 2^32.
/// </summary>
internal static class DsaNttFactors
{
    /// <summary>Vectors of factors a step.</summary>
    public const int StepVectors = 6;

    /// <summary>Vectors of factors of the outer five blocks.</summary>
    public const int OuterVectors = 5 * StepVectors;

    /// <summary>Factors of the inner blocks, for every width: two steps on each four vectors.</summary>
    public const int InnerSize = 2 * StepVectors * DsaPolynomial.Size / 4;

    /// <summary>Of the transform. By the standard's indices k: block b of 2^n has k = 2^n + b, and 2k and 2k + 1 a layer further in.</summary>
    public static int[] Forward(int width)
    {
        int[] factors = Allocate(width);
        Span<int> rest = factors;
        AppendForward(ref rest, width, _ => 1);
        for (int b = 0; b < 4; b++)
        {
            int k = 4 + b;
            AppendForward(ref rest, width, _ => k);
        }

        for (int first = 0; first < DsaPolynomial.Size / 4; first += width)
        {
            int start = first;
            AppendForward(ref rest, width, element => 16 + ((start + element) / 4));
            AppendForward(ref rest, width, element => 64 + start + element);
        }

        return factors;
    }

    /// <summary>Of the inverse, which takes the factors of a layer from the last to the first.</summary>
    public static int[] Inverse(int width)
    {
        int[] factors = Allocate(width);
        Span<int> rest = factors;
        for (int first = 0; first < DsaPolynomial.Size / 4; first += width)
        {
            int start = first;
            AppendInverse(ref rest, width, element => 127 - start - element);
            AppendInverse(ref rest, width, element => 31 - ((start + element) / 4));
        }

        for (int b = 0; b < 4; b++)
        {
            int k = 7 - b;
            AppendInverse(ref rest, width, _ => k);
        }

        AppendInverse(ref rest, width, _ => 1);
        return factors;
    }

    private static int[] Allocate(int width) => GC.AllocateArray<int>((OuterVectors * width) + InnerSize, pinned: true);

    private static void AppendForward(ref Span<int> rest, int width, Func<int, int> index)
    {
        AppendFactor(ref rest, width, element => DsaNtt.Zeta(index(element)));
        AppendFactor(ref rest, width, element => DsaNtt.Zeta(2 * index(element)));
        AppendFactor(ref rest, width, element => DsaNtt.Zeta((2 * index(element)) + 1));
    }

    private static void AppendInverse(ref Span<int> rest, int width, Func<int, int> index)
    {
        AppendFactor(ref rest, width, element => DsaNtt.Zeta((2 * index(element)) + 1));
        AppendFactor(ref rest, width, element => DsaNtt.Zeta(2 * index(element)));
        AppendFactor(ref rest, width, element => DsaNtt.Zeta(index(element)));
    }

    private static void AppendFactor(ref Span<int> rest, int width, Func<int, int> factor)
    {
        for (int i = 0; i < width; i++)
        {
            rest[i] = factor(i);
            rest[width + i] = rest[i] * DsaField.QInverse;
        }

        rest = rest[(2 * width)..];
    }
}
