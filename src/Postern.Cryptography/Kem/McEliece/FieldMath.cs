using System.Numerics;

namespace Postern.Cryptography;

/// <summary>What follows from multiplication in GF(2^m), in constant time.</summary>
internal static class FieldMath<TField>
    where TField : IBitSlicedField
{
    /// <summary>value^(2^m - 2), the inverse; 0 for 0.</summary>
    public static uint Inverse(uint value)
    {
        uint power = value;
        for (int i = 0; i < TField.Degree - 2; i++)
        {
            power = TField.Multiply(TField.Multiply(power, power), value);
        }

        return TField.Multiply(power, power);
    }

    /// <summary>value^(2^squarings).</summary>
    public static uint Frobenius(uint value, int squarings)
    {
        for (int i = 0; i < squarings; i++)
        {
            value = TField.Multiply(value, value);
        }

        return value;
    }

    /// <summary>The lowest m bits in reverse: the field element that belongs to an index. (primitives §9)</summary>
    public static uint Reverse(uint index)
    {
        uint reversed = 0;
        for (int i = 0; i < TField.Degree; i++)
        {
            reversed |= ((index >> i) & 1) << (TField.Degree - 1 - i);
        }

        return reversed;
    }

    /// <summary>The inverses of a group of elements, 0 for 0. <paramref name="scratch"/> has 2m words.</summary>
    public static void Inverse<TWord>(ReadOnlySpan<TWord> value, Span<TWord> inverse, Span<TWord> scratch)
        where TWord : unmanaged, IBitWord<TWord>
    {
        // e_k = value^(2^k - 1) and e_(j+k) = e_j^(2^k)·e_k, from k = 1 along the bits of m - 1. The inverse is e_(m-1) squared.
        int m = TField.Degree;
        Span<TWord> e = scratch[..m];
        Span<TWord> power = scratch.Slice(m, m);
        value[..m].CopyTo(e);
        int exponent = 1;
        for (int bit = BitOperations.Log2((uint)m - 1) - 1; bit >= 0; bit--)
        {
            TField.Square<TWord>(e, power);
            for (int i = 1; i < exponent; i++)
            {
                TField.Square<TWord>(power, power);
            }

            TField.Multiply<TWord>(e, power, e);
            exponent *= 2;
            if ((((m - 1) >> bit) & 1) == 0) continue;
            TField.Square<TWord>(e, e);
            TField.Multiply(e, value, e);
            exponent++;
        }

        TField.Square<TWord>(e, inverse);
    }
}
