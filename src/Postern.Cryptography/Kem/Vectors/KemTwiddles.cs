using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// Factors of <see cref="KemNtt"/> spread over 256 coefficients, for the layers inside a vector. Behind the 256 factors of a table stand
/// their products with q^-1, which a Montgomery product needs. Public data, made once.
/// </summary>
internal static unsafe class KemTwiddles
{
    // Layers 2, 4, 8 and 16.
    private const int Layers = 4;
    private const int TableLength = 2 * KemPolynomial.Length;
    private const int MaskLength = 32;
    private const int Alignment = 64;

    // Pinned, and held by this reference.
    private static readonly short[] Memory = GC.AllocateArray<short>(
        (((2 * Layers) + 1) * TableLength) + (Layers * MaskLength) + (Alignment / sizeof(short)), pinned: true);

    private static readonly short* Start = Fill();

    /// <summary>γ of algorithm 12 for odd coefficients, one for even ones.</summary>
    public static short* Product => Start + (2 * Layers * TableLength);

    /// <summary>Layer <paramref name="length"/> of the transform: the factor in the lower halves of blocks, its negative in the upper.</summary>
    public static short* Forward(int length) => Table(Start, Layer(length));

    /// <summary>Layer <paramref name="length"/> of the inverse: one in the lower halves of blocks, the factor in the upper.</summary>
    public static short* Inverse(int length) => Table(Start, Layers + Layer(length));

    /// <summary>Zero in the lower halves of blocks, all ones in the upper; 32 numbers.</summary>
    public static short* UpperHalves(int length) => Mask(Start, Layer(length));

    private static int Layer(int length) => BitOperations.Log2((uint)length) - 1;

    private static short* Table(short* start, int index) => start + (index * TableLength);

    private static short* Mask(short* start, int layer) => Table(start, (2 * Layers) + 1) + (layer * MaskLength);

    private static short* Fill()
    {
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Memory));
        short* start = (short*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
        for (int layer = 0; layer < Layers; layer++)
        {
            FillLayer(start, layer);
        }

        for (int i = 0; i < KemPolynomial.Length; i++)
        {
            int gamma = KemNtt.Zetas[64 + (i >> 2)];
            Set(Table(start, 2 * Layers), i, (i & 1) == 0 ? KemField.MontgomeryOne : (i & 2) == 0 ? gamma : -gamma);
        }

        return start;
    }

    // The factors stand in the order of KemNtt's loops: ascending from 128 / length, descending from 256 / length - 1.
    private static void FillLayer(short* start, int layer)
    {
        int length = 2 << layer;
        for (int i = 0; i < KemPolynomial.Length; i++)
        {
            int block = i / (2 * length);
            bool upper = (i & length) != 0;
            int factor = KemNtt.Zetas[(128 / length) + block];
            Set(Table(start, layer), i, upper ? -factor : factor);
            Set(Table(start, Layers + layer), i, upper ? KemNtt.Zetas[(256 / length) - 1 - block] : KemField.MontgomeryOne);
            if (i < MaskLength) Mask(start, layer)[i] = (short)(upper ? -1 : 0);
        }
    }

    private static void Set(short* table, int index, int factor)
    {
        table[index] = (short)factor;
        table[KemPolynomial.Length + index] = (short)(factor * KemField.InverseOfQ);
    }
}
