using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>GF(2^12) = GF(2)[z] / (z^12 + z^3 + 1). (primitives §9)</summary>
internal readonly struct BitSlicedField12 : IBitSlicedField
{
    public static int Degree => 12;

    public static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (int i = 0; i < 12; i++)
        {
            product ^= left * (right & (1u << i));
        }

        return Reduce(Reduce(product));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWord MultiplyLanesByZ<TWord>(TWord lanes)
        where TWord : unmanaged, IBitWord<TWord>
    {
        TWord shifted = lanes << 1;
        TWord carry = (shifted >>> 12) & TWord.Broadcast(0x0001000100010001);
        return shifted ^ (carry << 12) ^ (carry << 3) ^ carry;
    }

    // Horner over the planes of the right side: product = product·z + left·bit, reduced at every step.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TWord>(ReadOnlySpan<TWord> left, ReadOnlySpan<TWord> right, Span<TWord> product)
        where TWord : unmanaged, IBitWord<TWord>
    {
        ref TWord a = ref MemoryMarshal.GetReference(left[..Degree]);
        ref TWord b = ref MemoryMarshal.GetReference(right[..Degree]);
        ref TWord c = ref MemoryMarshal.GetReference(product[..Degree]);
        TWord a0 = a;
        TWord a1 = Unsafe.Add(ref a, 1);
        TWord a2 = Unsafe.Add(ref a, 2);
        TWord a3 = Unsafe.Add(ref a, 3);
        TWord a4 = Unsafe.Add(ref a, 4);
        TWord a5 = Unsafe.Add(ref a, 5);
        TWord a6 = Unsafe.Add(ref a, 6);
        TWord a7 = Unsafe.Add(ref a, 7);
        TWord a8 = Unsafe.Add(ref a, 8);
        TWord a9 = Unsafe.Add(ref a, 9);
        TWord a10 = Unsafe.Add(ref a, 10);
        TWord a11 = Unsafe.Add(ref a, 11);
        TWord bit = Unsafe.Add(ref b, 11);
        TWord c0 = a0 & bit;
        TWord c1 = a1 & bit;
        TWord c2 = a2 & bit;
        TWord c3 = a3 & bit;
        TWord c4 = a4 & bit;
        TWord c5 = a5 & bit;
        TWord c6 = a6 & bit;
        TWord c7 = a7 & bit;
        TWord c8 = a8 & bit;
        TWord c9 = a9 & bit;
        TWord c10 = a10 & bit;
        TWord c11 = a11 & bit;
        for (int i = 10; i >= 0; i--)
        {
            bit = Unsafe.Add(ref b, i);
            TWord top = c11;
            c11 = TWord.AddProduct(c10, a11, bit);
            c10 = TWord.AddProduct(c9, a10, bit);
            c9 = TWord.AddProduct(c8, a9, bit);
            c8 = TWord.AddProduct(c7, a8, bit);
            c7 = TWord.AddProduct(c6, a7, bit);
            c6 = TWord.AddProduct(c5, a6, bit);
            c5 = TWord.AddProduct(c4, a5, bit);
            c4 = TWord.AddProduct(c3, a4, bit);
            c3 = TWord.AddProduct(c2 ^ top, a3, bit);
            c2 = TWord.AddProduct(c1, a2, bit);
            c1 = TWord.AddProduct(c0, a1, bit);
            c0 = TWord.AddProduct(top, a0, bit);
        }

        c = c0;
        Unsafe.Add(ref c, 1) = c1;
        Unsafe.Add(ref c, 2) = c2;
        Unsafe.Add(ref c, 3) = c3;
        Unsafe.Add(ref c, 4) = c4;
        Unsafe.Add(ref c, 5) = c5;
        Unsafe.Add(ref c, 6) = c6;
        Unsafe.Add(ref c, 7) = c7;
        Unsafe.Add(ref c, 8) = c8;
        Unsafe.Add(ref c, 9) = c9;
        Unsafe.Add(ref c, 10) = c10;
        Unsafe.Add(ref c, 11) = c11;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square<TWord>(ReadOnlySpan<TWord> value, Span<TWord> square)
        where TWord : unmanaged, IBitWord<TWord>
    {
        ref TWord a = ref MemoryMarshal.GetReference(value[..Degree]);
        ref TWord c = ref MemoryMarshal.GetReference(square[..Degree]);
        TWord a0 = a;
        TWord a1 = Unsafe.Add(ref a, 1);
        TWord a2 = Unsafe.Add(ref a, 2);
        TWord a3 = Unsafe.Add(ref a, 3);
        TWord a4 = Unsafe.Add(ref a, 4);
        TWord a5 = Unsafe.Add(ref a, 5);
        TWord a6 = Unsafe.Add(ref a, 6);
        TWord a7 = Unsafe.Add(ref a, 7);
        TWord a8 = Unsafe.Add(ref a, 8);
        TWord a9 = Unsafe.Add(ref a, 9);
        TWord a10 = Unsafe.Add(ref a, 10);
        TWord a11 = Unsafe.Add(ref a, 11);
        c = a0 ^ a6;
        Unsafe.Add(ref c, 1) = a11;
        Unsafe.Add(ref c, 2) = a1 ^ a7;
        Unsafe.Add(ref c, 3) = a6;
        Unsafe.Add(ref c, 4) = a2 ^ a8 ^ a11;
        Unsafe.Add(ref c, 5) = a7;
        Unsafe.Add(ref c, 6) = a3 ^ a9;
        Unsafe.Add(ref c, 7) = a8;
        Unsafe.Add(ref c, 8) = a4 ^ a10;
        Unsafe.Add(ref c, 9) = a9;
        Unsafe.Add(ref c, 10) = a5 ^ a11;
        Unsafe.Add(ref c, 11) = a10;
    }

    // z^12 = z^3 + 1. Twice takes a product of 2m - 1 bits to m bits.
    private static uint Reduce(uint value)
    {
        uint high = value >> 12;
        return (value & 0xFFF) ^ (high << 3) ^ high;
    }
}
