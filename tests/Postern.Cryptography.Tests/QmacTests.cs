using System.Numerics;

namespace Postern.Cryptography.Tests;

public sealed class QmacTests
{
    [Fact]
    public void The_portable_product_of_polynomials_is_the_one_bit_by_bit_and_the_processors()
    {
        Random random = new(1);
        ulong[] values = [0, 1, 2, 1ul << 63, ulong.MaxValue, 0x1111_1111_1111_1111, .. Enumerable.Range(0, 60).Select(_ => Word(random))];
        foreach (ulong a in values)
        {
            foreach (ulong b in values)
            {
                UInt128 expected = 0;
                for (int i = 0; i < 64; i++) expected ^= (((b >> i) & 1) != 0 ? (UInt128)a : 0) << i;
                (ulong low, ulong high) = PortableCarrylessUnit.Multiply(a, b);
                Assert.Equal(expected, new UInt128(high, low));
                if (X86CarrylessUnit.IsSupported) Assert.Equal((low, high), X86CarrylessUnit.Multiply(a, b));
            }
        }
    }

    [Fact]
    public void Multiply_equals_the_description_with_its_wrong_middle_term()
    {
        Random random = new(2);
        for (int i = 0; i < 200; i++)
        {
            ulong[] h = [Word(random), Word(random), Word(random), Word(random)];
            ulong[] y = [Word(random), Word(random), Word(random), Word(random)];
            if (i == 0) h = y = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
            BigInteger expected = DescribedProduct(Integer(h), Integer(y));
            ulong[] result = [.. y];
            QmacMultiplication<PortableCarrylessUnit>.Multiply(h, result);
            Assert.Equal(expected, Integer(result));
            if (!X86CarrylessUnit.IsSupported) continue;
            result = [.. y];
            QmacMultiplication<X86CarrylessUnit>.Multiply(h, result);
            Assert.Equal(expected, Integer(result));
        }
    }

    [Fact]
    public void Zeros_at_the_end_of_a_part_do_not_change_the_tag()
    {
        // The weakness that the option's description warns of (primitives §5.8: a part is filled up with zeros, no length is covered).
        Assert.Equal(Tag([1, 2, 3]), Tag([1, 2, 3, 0]));
        Assert.NotEqual(Tag([1, 2, 3]), Tag([1, 2, 4]));

        static byte[] Tag(byte[] data)
        {
            ulong[] state = new ulong[Qmac.StateSize / 8];
            Qmac.Start(KeccakRate.Bits256, new byte[32], new byte[32], state);
            Qmac.Absorb(state, data, isAccelerated: false);
            byte[] tag = new byte[Qmac.TagSize];
            Qmac.Finish(state, tag);
            return tag;
        }
    }

    private static BigInteger DescribedProduct(BigInteger a, BigInteger b)
    {
        BigInteger half = (BigInteger.One << 128) - 1;
        BigInteger low = Product128(a & half, b & half);
        BigInteger high = Product128(a >> 128, b >> 128);
        BigInteger middle = Product128((a & half) ^ (a >> 128), (b & half) ^ (b >> 128)) ^ low ^ high;
        BigInteger product = low ^ (middle << 128) ^ (high << 256);
        for (int i = 0; i < 2; i++)
        {
            BigInteger upper = product >> 256;
            product = (product & ((BigInteger.One << 256) - 1)) ^ upper ^ (upper << 19);
        }

        return product;
    }

    private static BigInteger Product128(BigInteger a, BigInteger b)
    {
        BigInteger mask = ulong.MaxValue;
        (BigInteger a0, BigInteger a1, BigInteger b0, BigInteger b1) = (a & mask, a >> 64, b & mask, b >> 64);
        BigInteger middle = Product(a0, b1) ^ Product(a1, b0) ^ Product(a0, b0) ^ Product(a1, b1);
        return Product(a0, b0) ^ (middle << 64) ^ (Product(a1, b1) << 128);
    }

    private static BigInteger Product(BigInteger a, BigInteger b)
    {
        BigInteger product = 0;
        for (int i = 0; i < 64; i++)
        {
            if (!((b >> i) & 1).IsZero) product ^= a << i;
        }

        return product;
    }

    private static BigInteger Integer(ulong[] words) => words.Reverse().Aggregate(BigInteger.Zero, (value, word) => (value << 64) | word);

    private static ulong Word(Random random) => (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1);
}
