using System.Runtime.InteropServices;

namespace Postern.Cryptography.Tests;

/// <summary>GF(2^12) and GF(2^13), and what is evaluated over them, against the model; every width of words.</summary>
public sealed class McElieceFieldTests
{
    private const int Seed = 1213;

    [Fact]
    public void Single_elements_multiply_and_invert_as_in_the_model()
    {
        Single<BitSlicedField12>();
        Single<BitSlicedField13>();

        static void Single<TField>()
            where TField : IBitSlicedField
        {
            Random random = new(Seed);
            int m = TField.Degree;
            for (int i = 0; i < 20000; i++)
            {
                uint a = (uint)random.Next(1 << m);
                uint b = (uint)random.Next(1 << m);
                Assert.Equal(McElieceModel.Multiply(m, a, b), TField.Multiply(a, b));
            }

            for (uint a = 1; a < 1 << m; a++)
            {
                Assert.Equal(1u, McElieceModel.Multiply(m, a, FieldMath<TField>.Inverse(a)));
            }

            Assert.Equal(0u, FieldMath<TField>.Inverse(0));
            Assert.Equal(McElieceModel.Power(m, 0x5A5, 64), FieldMath<TField>.Frobenius(0x5A5, 6));
        }
    }

    [Fact]
    public void Planes_of_elements_multiply_square_and_invert_as_in_the_model()
    {
        EachWidth<BitSlicedField12>();
        EachWidth<BitSlicedField13>();

        static void EachWidth<TField>()
            where TField : IBitSlicedField
        {
            Planes<TField, BitWord64>();
            Planes<TField, BitWord128>();
            Planes<TField, BitWord256>();
            Planes<TField, BitWord512>();
        }

        static void Planes<TField, TWord>()
            where TField : IBitSlicedField
            where TWord : unmanaged, IBitWord<TWord>
        {
            int m = TField.Degree;
            uint[] a = Elements(m, 64 * TWord.Lanes, Seed);
            uint[] b = Elements(m, 64 * TWord.Lanes, Seed + 1);
            a[0] = 0;
            TWord[] left = McElieceModel.Slice<TWord>(m, a);
            TWord[] right = McElieceModel.Slice<TWord>(m, b);
            TWord[] result = new TWord[m];
            TField.Multiply<TWord>(left, right, result);
            Assert.Equal(a.Zip(b, (x, y) => McElieceModel.Multiply(m, x, y)), McElieceModel.Unslice(m, result));
            TField.Square<TWord>(left, result);
            Assert.Equal(a.Select(x => McElieceModel.Multiply(m, x, x)), McElieceModel.Unslice(m, result));
            FieldMath<TField>.Inverse<TWord>(left, result, new TWord[2 * m]);
            Assert.Equal(a.Select(x => FieldMath<TField>.Inverse(x)), McElieceModel.Unslice(m, result));

            // A result may overwrite an operand.
            TField.Multiply<TWord>(left, right, right);
            Assert.Equal(a.Zip(b, (x, y) => McElieceModel.Multiply(m, x, y)), McElieceModel.Unslice(m, right));
        }
    }

    [Fact]
    public void Lanes_of_16_bits_multiply_by_z_each_by_itself()
    {
        Lanes<BitSlicedField12>();
        Lanes<BitSlicedField13>();

        static void Lanes<TField>()
            where TField : IBitSlicedField
        {
            int m = TField.Degree;
            for (uint a = 0; a < 1 << m; a++)
            {
                ulong lanes = a | ((ulong)(a ^ 1) << 16) | ((ulong)((1u << m) - 1 - a) << 32) | ((ulong)a << 48);
                BitWord64 product = TField.MultiplyLanesByZ(new BitWord64(lanes));
                ulong actual = MemoryMarshal.Cast<BitWord64, ulong>(new Span<BitWord64>(ref product))[0];
                for (int i = 0; i < 64; i += 16)
                {
                    Assert.Equal(McElieceModel.Multiply(m, (uint)((lanes >> i) & 0xFFFF), 2), (uint)((actual >> i) & 0xFFFF));
                }
            }
        }
    }

    [Fact]
    public void The_additive_FFT_evaluates_at_every_element_in_the_order_of_reversed_indices()
    {
        EachWidth<BitSlicedField12>();
        EachWidth<BitSlicedField13>();

        static void EachWidth<TField>()
            where TField : IBitSlicedField
        {
            int m = TField.Degree;
            uint[] coefficients = Elements(m, 1 << (m - 6), Seed);
            uint[] values = [.. Points(m).Select(point => McElieceModel.Evaluate(m, coefficients, point))];
            uint[] monic = [.. Points(m).Select(point => McElieceModel.Evaluate(m, [.. coefficients, 1], point))];
            foreach ((bool leading, uint[] expected) in (IEnumerable<(bool, uint[])>)[(false, values), (true, monic)])
            {
                Assert.Equal(expected, Evaluate<TField, BitWord64>(coefficients, leading));
                Assert.Equal(expected, Evaluate<TField, BitWord128>(coefficients, leading));
                Assert.Equal(expected, Evaluate<TField, BitWord256>(coefficients, leading));
                Assert.Equal(expected, Evaluate<TField, BitWord512>(coefficients, leading));
            }
        }

        static uint[] Evaluate<TField, TWord>(uint[] coefficients, bool leading)
            where TField : IBitSlicedField
            where TWord : unmanaged, IBitWord<TWord>
        {
            int m = TField.Degree;
            TWord[] values = new TWord[AdditiveFft<TField, TWord>.ValueWords / TWord.Lanes];
            TWord[] scratch = new TWord[AdditiveFft<TField, TWord>.ScratchWords / TWord.Lanes];
            ulong[] planes = MemoryMarshal.Cast<BitWord64, ulong>(McElieceModel.Slice<BitWord64>(m, coefficients)).ToArray();
            AdditiveFft<TField, TWord>.Evaluate(planes, leading, values, scratch);
            return McElieceModel.Unslice(m, values);
        }
    }

    [Fact]
    public void The_transposed_FFT_sums_the_powers_of_all_elements()
    {
        EachWidth<BitSlicedField12>();
        EachWidth<BitSlicedField13>();

        static void EachWidth<TField>()
            where TField : IBitSlicedField
        {
            int m = TField.Degree;
            uint[] values = Elements(m, 1 << m, Seed);
            uint[] powers = [.. values];
            uint[] points = [.. Points(m)];
            uint[] expected = new uint[1 << (m - 5)];
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = powers.Aggregate((x, y) => x ^ y);
                for (int j = 0; j < powers.Length; j++) powers[j] = TField.Multiply(powers[j], points[j]);
            }

            Assert.Equal(expected, Sum<TField, BitWord64>(values));
            Assert.Equal(expected, Sum<TField, BitWord128>(values));
            Assert.Equal(expected, Sum<TField, BitWord256>(values));
            Assert.Equal(expected, Sum<TField, BitWord512>(values));
        }

        static uint[] Sum<TField, TWord>(uint[] values)
            where TField : IBitSlicedField
            where TWord : unmanaged, IBitWord<TWord>
        {
            int m = TField.Degree;
            ulong[] sums = new ulong[(1 << (m - 11)) * m];
            TWord[] scratch = new TWord[AdditiveFft<TField, TWord>.ScratchWords / TWord.Lanes];
            AdditiveFft<TField, TWord>.SumPowers(McElieceModel.Slice<TWord>(m, values), sums, scratch);
            return McElieceModel.Unslice(m, MemoryMarshal.Cast<ulong, BitWord64>(sums).ToArray());
        }
    }

    [Fact]
    public void Berlekamp_Massey_finds_the_polynomial_whose_roots_are_the_locations()
    {
        EachWidth<BitSlicedField12, BitWord128>(64);
        EachWidth<BitSlicedField13, BitWord256>(96);
        EachWidth<BitSlicedField13, BitWord256>(119);
        EachWidth<BitSlicedField13, BitWord256>(128);

        static void EachWidth<TField, TWide>(int t)
            where TField : IBitSlicedField
            where TWide : unmanaged, IBitWord<TWide>
        {
            int m = TField.Degree;
            uint[] locations = [.. Enumerable.Range(0, 1 << m).Select(x => (uint)x)];
            new Random(t).Shuffle(locations);
            locations = locations[..t];
            locations[0] = 0;
            locations = [.. locations.Distinct()];
            if (locations.Length < t) locations = [.. locations, Enumerable.Range(1, 1 << m).Select(x => (uint)x).First(x => !locations.Contains(x))];
            uint[] weights = [.. Elements(m, t, t).Select(weight => weight | 1)];
            uint[] syndromes = new uint[2 * t];
            uint[] terms = weights;
            for (int i = 0; i < syndromes.Length; i++)
            {
                syndromes[i] = terms.Aggregate((x, y) => x ^ y);
                terms = [.. terms.Zip(locations, TField.Multiply)];
            }

            uint[] expected = [1];
            foreach (uint location in locations)
            {
                // times (x + location)
                uint[] shifted = [0, .. expected];
                for (int i = 0; i < expected.Length; i++) shifted[i] ^= TField.Multiply(expected[i], location);
                expected = shifted;
            }

            Assert.Equal(expected[..t], Run<TField, BitWord64>(t, syndromes));
            Assert.Equal(expected[..t], Run<TField, BitWord128>(t, syndromes));
            Assert.Equal(expected[..t], Run<TField, TWide>(t, syndromes));
        }

        static uint[] Run<TField, TWord>(int t, uint[] syndromes)
            where TField : IBitSlicedField
            where TWord : unmanaged, IBitWord<TWord>
        {
            int m = TField.Degree;
            ulong[] planes = MemoryMarshal.Cast<BitWord64, ulong>(McElieceModel.Slice<BitWord64>(m, syndromes)).ToArray();
            ulong[] polynomial = new ulong[(1 << (m - 12)) * m];
            BerlekampMassey<TField, TWord>.Run(t, planes, polynomial, new ulong[BerlekampMassey<TField, TWord>.ScratchWords]);
            return McElieceModel.Unslice(m, MemoryMarshal.Cast<ulong, BitWord64>(polynomial).ToArray())[..t];
        }
    }

    private static IEnumerable<uint> Points(int m) => Enumerable.Range(0, 1 << m).Select(i => McElieceModel.Reverse(m, (uint)i));

    private static uint[] Elements(int m, int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (uint)random.Next(1 << m))];
    }
}
