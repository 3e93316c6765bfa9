using System.Runtime.InteropServices;

namespace Postern.Cryptography.Tests;

/// <summary>The mathematics of Classic McEliece bit by bit and without any trick, to compare with.</summary>
internal static class McElieceModel
{
    public static IReadOnlyList<McEliecePath> Paths { get; } = [.. Enum.GetValues<McEliecePath>().Where(McElieceCore.IsSupported)];

    /// <summary>Long multiplication and long division by the field's polynomial.</summary>
    public static uint Multiply(int m, uint a, uint b)
    {
        uint modulus = m == 12 ? 0b1_0000_0000_1001u : 0b10_0000_0001_1011u;
        uint product = 0;
        for (int i = 0; i < m; i++)
        {
            if ((b >> i & 1) == 1) product ^= a << i;
        }

        for (int i = 2 * m; i >= m; i--)
        {
            if ((product >> i & 1) == 1) product ^= modulus << (i - m);
        }

        return product;
    }

    public static uint Power(int m, uint value, int exponent)
    {
        uint power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power = Multiply(m, power, value);
        }

        return power;
    }

    public static uint Inverse(int m, uint value) => Power(m, value, (1 << m) - 2);

    /// <summary>Horner's rule, lowest coefficient first.</summary>
    public static uint Evaluate(int m, IReadOnlyList<uint> polynomial, uint at)
    {
        uint value = 0;
        for (int i = polynomial.Count - 1; i >= 0; i--)
        {
            value = Multiply(m, value, at) ^ polynomial[i];
        }

        return value;
    }

    /// <summary>The product in the extension field of degree t, from the products of single elements.</summary>
    public static uint[] MultiplyExtension(McElieceParameters set, uint[] a, uint[] b)
    {
        Func<uint, uint, uint> multiply = set.M == 12 ? BitSlicedField12.Multiply : BitSlicedField13.Multiply;
        uint[] product = new uint[2 * set.T];
        for (int i = 0; i < set.T; i++)
        {
            for (int j = 0; j < set.T; j++)
            {
                product[i + j] ^= multiply(a[i], b[j]);
            }
        }

        for (int i = product.Length - 1; i >= set.T; i--)
        {
            foreach ((int exponent, uint coefficient) in set.Extension)
            {
                product[i - set.T + exponent] ^= multiply(product[i], coefficient);
            }
        }

        return product[..set.T];
    }

    public static uint Reverse(int m, uint value)
    {
        uint reversed = 0;
        for (int i = 0; i < m; i++)
        {
            reversed = (reversed << 1) | (value >> i & 1);
        }

        return reversed;
    }

    /// <summary>Elements as planes, group after group of as many as a word has bits.</summary>
    public static TWord[] Slice<TWord>(int m, uint[] elements)
        where TWord : unmanaged, IBitWord<TWord>
    {
        int bits = 64 * TWord.Lanes;
        TWord[] planes = new TWord[(elements.Length + bits - 1) / bits * m];
        Span<byte> bytes = MemoryMarshal.AsBytes(planes.AsSpan());
        for (int i = 0; i < elements.Length; i++)
        {
            for (int p = 0; p < m; p++)
            {
                int bit = ((((i / bits) * m) + p) * bits) + (i % bits);
                bytes[bit / 8] |= (byte)((elements[i] >> p & 1) << (bit % 8));
            }
        }

        return planes;
    }

    /// <summary>The inverse of <see cref="Slice"/>.</summary>
    public static uint[] Unslice<TWord>(int m, TWord[] planes)
        where TWord : unmanaged, IBitWord<TWord>
    {
        int bits = 64 * TWord.Lanes;
        uint[] elements = new uint[planes.Length / m * bits];
        Span<byte> bytes = MemoryMarshal.AsBytes(planes.AsSpan());
        for (int i = 0; i < elements.Length; i++)
        {
            for (int p = 0; p < m; p++)
            {
                int bit = ((((i / bits) * m) + p) * bits) + (i % bits);
                elements[i] |= ((uint)bytes[bit / 8] >> (bit % 8) & 1) << p;
            }
        }

        return elements;
    }

    /// <summary>C0 = (I | T)·e, bit by bit.</summary>
    public static byte[] Syndrome(McElieceParameters set, byte[] publicKey, byte[] error)
    {
        byte[] syndrome = new byte[set.SyndromeSize];
        for (int row = 0; row < set.Rows; row++)
        {
            int sum = Bit(error, row);
            for (int column = 0; column < set.RowBits; column++)
            {
                sum ^= Bit(publicKey.AsSpan(row * set.RowSize), column) & Bit(error, set.Rows + column);
            }

            syndrome[row / 8] |= (byte)(sum << (row % 8));
        }

        return syndrome;
    }

    public static int Bit(ReadOnlySpan<byte> bytes, int index) => bytes[index / 8] >> (index % 8) & 1;

    /// <summary>An error vector with the given weight.</summary>
    public static byte[] Error(McElieceParameters set, int weight, Random random)
    {
        byte[] error = new byte[set.ErrorSize];
        int[] positions = [.. Enumerable.Range(0, set.N)];
        random.Shuffle(positions);
        foreach (int position in positions[..weight])
        {
            error[position / 8] |= (byte)(1 << (position % 8));
        }

        return error;
    }

    /// <summary>h(prefix ‖ parts).</summary>
    public static byte[] Hash(byte prefix, params byte[][] parts)
    {
        byte[] hash = new byte[32];
        Sha3.Shake256((byte[])[prefix, .. parts.SelectMany(part => part)], hash);
        return hash;
    }
}
