using System.Numerics;

namespace Postern.Cryptography.Tests;

/// <summary>The parts under ML-KEM against their definitions in FIPS 203.</summary>
public sealed class KemArithmeticTests
{
    private const int N = KemPolynomial.Length;

    public static TheoryData<int> Widths => [1, 4, 5, 10, 11, 12];

    [Fact]
    public void Barrett_reduction_gives_the_closest_representative_of_every_16_bit_number()
    {
        for (int value = short.MinValue; value <= short.MaxValue; value++)
        {
            int reduced = KemField.BarrettReduce(value);
            Assert.InRange(reduced, -(KemField.Q - 1) / 2, (KemField.Q - 1) / 2);
            Assert.Equal(Modulo(value), KemField.ToCanonical(reduced));
        }
    }

    [Fact]
    public void Montgomery_reduction_divides_by_two_to_the_sixteenth_at_the_ends_of_its_range_and_inside()
    {
        const int Limit = KemField.Q << 15;
        Random random = new(1);
        for (int i = 0; i < 100_000; i++)
        {
            int value = i switch { 0 => -Limit + 1, 1 => Limit - 1, 2 => 0, _ => random.Next(-Limit + 1, Limit) };
            int reduced = KemField.MontgomeryReduce(value);
            Assert.InRange(reduced, -KemField.Q + 1, KemField.Q - 1);
            Assert.Equal(Modulo(value), Modulo((long)reduced << 16));
        }
    }

    [Fact]
    public void A_product_through_the_transform_is_the_product_modulo_X_256_plus_1()
    {
        foreach ((short[] left, short[] right) in PolynomialPairs())
        {
            long[] expected = new long[N];
            for (int i = 0; i < N; i++)
            {
                for (int j = 0; j < N; j++)
                {
                    long term = (long)left[i] * right[j];
                    expected[(i + j) % N] += i + j < N ? term : -term;
                }
            }

            short[] first = [.. left];
            short[] second = [.. right];
            short[] product = new short[N];
            KemNtt.Forward(first);
            KemNtt.Forward(second);
            KemNtt.Product(first, second, product);
            KemNtt.Inverse(product);
            KemPolynomial.ToCanonical(product);
            Assert.Equal(expected.Select(Modulo), product.Select(c => (int)c));
        }
    }

    [Fact]
    public void The_transform_evaluates_at_the_roots_of_the_standard()
    {
        // FIPS 203 (4.12): f̂ holds f modulo X² - 17^(2·BitRev7(i)+1).
        short[] polynomial = RandomPolynomial(new Random(2), 0, KemField.Q);
        short[] transformed = [.. polynomial];
        KemNtt.Forward(transformed);
        for (int i = 0; i < N / 2; i++)
        {
            int root = (int)BigInteger.ModPow(17, (2 * ReverseSevenBits(i)) + 1, KemField.Q);
            int even = 0;
            int odd = 0;
            for (int j = N - 2; j >= 0; j -= 2)
            {
                even = ((even * root) + polynomial[j]) % KemField.Q;
                odd = ((odd * root) + polynomial[j + 1]) % KemField.Q;
            }

            Assert.Equal(even, Modulo(transformed[2 * i]));
            Assert.Equal(odd, Modulo(transformed[(2 * i) + 1]));
        }
    }

    [Fact]
    public void The_transform_reduces_its_result_and_its_inverse_undoes_it_but_for_the_product_factor()
    {
        foreach ((short[] left, short[] right) in PolynomialPairs())
        {
            foreach (short[] polynomial in (short[][])[left, right])
            {
                short[] transformed = [.. polynomial];
                KemNtt.Inverse(transformed);
                Assert.All(transformed, c => Assert.InRange(c, 1 - KemField.Q, KemField.Q - 1));
                KemNtt.Forward(transformed);
                Assert.All(transformed, c => Assert.InRange(c, -(KemField.Q - 1) / 2, (KemField.Q - 1) / 2));
                Assert.Equal(polynomial.Select(c => Modulo((long)c << 16)), transformed.Select(c => Modulo(c)));
            }
        }
    }

    [Fact]
    public void A_product_of_vectors_of_extreme_numbers_is_the_sum_of_the_products_for_up_to_seven_polynomials()
    {
        for (int k = 1; k <= 7; k++)
        {
            short[] left = Enumerable.Repeat((short)4095, k * N).ToArray();
            short[] right = Enumerable.Repeat((short)-1664, k * N).ToArray();
            short[] one = new short[N];
            short[] sum = new short[N];
            KemNtt.Product(left.AsSpan(0, N), right.AsSpan(0, N), one);
            KemNtt.Product(left, right, sum);
            Assert.Equal(one.Select(c => Modulo(k * c)), sum.Select(c => Modulo(c)));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Compress_and_decompress_equal_the_formulas_for_every_number(int bits)
    {
        for (int start = 0; start < KemField.Q; start += N)
        {
            short[] polynomial = Enumerable.Range(start, N).Select(x => (short)Math.Min(x, KemField.Q - 1)).ToArray();
            short[] compressed = [.. polynomial];
            KemPacking.Compress(compressed, bits);
            // ⌈2^d/q·x⌋ is ⌊(2·2^d·x + q) / 2q⌋.
            Assert.Equal(
                polynomial.Select(x => (int)((((2L << bits) * x) + KemField.Q) / (2 * KemField.Q)) & ((1 << bits) - 1)),
                compressed.Select(y => (int)y));
        }

        for (int start = 0; start < 1 << bits; start += N)
        {
            short[] compressed = Enumerable.Range(start, N).Select(y => (short)(y & ((1 << bits) - 1))).ToArray();
            short[] polynomial = [.. compressed];
            KemPacking.Decompress(polynomial, bits);
            Assert.Equal(
                compressed.Select(y => ((2 * KemField.Q * y) + (1 << bits)) / (2 << bits)),
                polynomial.Select(x => (int)x));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Encoding_puts_the_bits_of_the_numbers_one_after_another_and_decoding_takes_them_back(int bits)
    {
        short[] polynomial = RandomPolynomial(new Random(bits), 0, 1 << bits);
        byte[] encoded = new byte[KemPacking.EncodedSize(bits)];
        KemPacking.Encode(polynomial, bits, encoded);
        BigInteger expected = BigInteger.Zero;
        for (int i = N - 1; i >= 0; i--)
        {
            expected = (expected << bits) | polynomial[i];
        }

        Assert.Equal(expected, new BigInteger(encoded, isUnsigned: true));

        short[] decoded = new short[N];
        KemPacking.Decode(encoded, bits, decoded);
        Assert.Equal(polynomial, decoded);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Noise_is_the_difference_of_two_sums_of_bits_of_the_pseudorandom_function(int eta)
    {
        byte[] seed = MLKemTests.Bytes(new Random(eta), 32);
        short[] vector = new short[2 * N];
        KemSampling.Noise(seed, 254, eta, vector);
        for (int i = 0; i < 2; i++)
        {
            byte[] bytes = new byte[64 * eta];
            Sha3.Shake256([.. seed, (byte)(254 + i)], bytes);
            for (int j = 0; j < N; j++)
            {
                int first = Enumerable.Range(2 * j * eta, eta).Sum(bit => (bytes[bit >> 3] >> (bit & 7)) & 1);
                int second = Enumerable.Range(((2 * j) + 1) * eta, eta).Sum(bit => (bytes[bit >> 3] >> (bit & 7)) & 1);
                Assert.Equal(first - second, vector[(i * N) + j]);
            }
        }
    }

    [Fact]
    public void Equality_in_constant_time_sees_every_single_bit()
    {
        for (int length = 0; length <= 40; length++)
        {
            byte[] left = MLKemTests.Bytes(new Random(length), length);
            byte[] right = [.. left];
            Assert.Equal(uint.MaxValue, ConstantTime.EqualMask(left, right));
            for (int bit = 0; bit < 8 * length; bit++)
            {
                right[bit >> 3] ^= (byte)(1 << (bit & 7));
                Assert.Equal(0u, ConstantTime.EqualMask(left, right));
                right[bit >> 3] ^= (byte)(1 << (bit & 7));
            }
        }
    }

    private static IEnumerable<(short[] Left, short[] Right)> PolynomialPairs()
    {
        // Coefficients that are as large as the transform allows, where 16 bits would overflow first.
        short[] largest = Enumerable.Repeat((short)(KemField.Q - 1), N).ToArray();
        short[] smallest = Enumerable.Repeat((short)(1 - KemField.Q), N).ToArray();
        yield return (largest, largest);
        yield return (largest, smallest);
        Random random = new(3);
        for (int i = 0; i < 20; i++)
        {
            yield return (RandomPolynomial(random, 1 - KemField.Q, KemField.Q), RandomPolynomial(random, 1 - KemField.Q, KemField.Q));
        }
    }

    private static short[] RandomPolynomial(Random random, int from, int below) =>
        Enumerable.Range(0, N).Select(_ => (short)random.Next(from, below)).ToArray();

    private static int Modulo(long value) => (int)(((value % KemField.Q) + KemField.Q) % KemField.Q);

    private static int ReverseSevenBits(int value)
    {
        int reversed = 0;
        for (int bit = 0; bit < 7; bit++)
        {
            reversed |= ((value >> bit) & 1) << (6 - bit);
        }

        return reversed;
    }
}
