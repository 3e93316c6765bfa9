using System.Runtime.InteropServices;

namespace Postern.Cryptography.Tests;

/// <summary>The parts of key generation, and error vectors, against the model; every width of words.</summary>
public sealed class McElieceKeyTests
{
    public static TheoryData<string> Paths => new(McElieceModel.Paths.Select(path => path.ToString()));

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_block_is_sorted_by_itself(string path)
    {
        Random random = new(1);
        for (int block = 2; block <= 8192; block *= 2)
        {
            uint[] values = [.. Enumerable.Range(0, 8192).Select(_ => (uint)random.Next())];
            values[5] = values[4];
            uint[] expected = [.. values.Chunk(block).SelectMany(chunk => chunk.Order())];
            SortingNetwork.SortBlocks(Enum.Parse<McEliecePath>(path), values, block);
            Assert.Equal(expected, values);
        }
    }

    [Fact]
    public void Numbers_of_63_bits_are_sorted()
    {
        Random random = new(2);
        ulong[] values = [.. Enumerable.Range(0, 4096).Select(_ => (ulong)random.NextInt64())];
        values[0] = long.MaxValue;
        values[1] = 0;
        ulong[] expected = [.. values.Order()];
        SortingNetwork.Sort(values);
        Assert.Equal(expected, values);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public void The_network_with_the_control_bits_of_a_permutation_permutes_and_undoes_it(int m)
    {
        uint[] identity = [.. Enumerable.Range(0, 1 << m).Select(i => (uint)i)];
        uint[] shuffled = [.. identity];
        new Random(m).Shuffle(shuffled);
        foreach (uint[] permutation in (uint[][])[identity, [.. identity.Reverse()], shuffled])
        {
            byte[] expected = [];
            foreach (McEliecePath path in McElieceModel.Paths)
            {
                byte[] controls = new byte[((2 * m) - 1) << (m - 4)];
                ControlBits.Compute(path, m, [.. permutation], new uint[ControlBits.ScratchPerElement << m], controls);
                if (path == McEliecePath.Words64) expected = controls;
                Assert.Equal(expected, controls);
            }

            Permutes<BitWord64>(m, permutation, expected);
            Permutes<BitWord128>(m, permutation, expected);
            Permutes<BitWord256>(m, permutation, expected);
            Permutes<BitWord512>(m, permutation, expected);
        }

        static void Permutes<TWord>(int m, uint[] permutation, byte[] bytes)
            where TWord : unmanaged, IBitWord<TWord>
        {
            ulong[] controls = new ulong[bytes.Length / 8];
            BenesNetwork<TWord>.ReadControls(bytes, controls);

            // Bit p of every index is one sequence of bits; all of them together show where every index went.
            uint[] moved = new uint[permutation.Length];
            for (int p = 0; p < m; p++)
            {
                ulong[] sequence = new ulong[permutation.Length / 64];
                for (int i = 0; i < permutation.Length; i++) sequence[i / 64] |= (ulong)((uint)i >> p & 1) << (i % 64);
                ulong[] before = [.. sequence];
                BenesNetwork<TWord>.Apply(controls, sequence);
                for (int i = 0; i < permutation.Length; i++) moved[i] |= (uint)(sequence[i / 64] >> (i % 64) & 1) << p;
                BenesNetwork<TWord>.Undo(controls, sequence);
                Assert.Equal(before, sequence);
            }

            Assert.Equal(permutation, moved);
        }
    }

    [Fact]
    public void The_Goppa_polynomial_has_the_drawn_element_as_root()
    {
        foreach (McElieceParameters set in McEliece.Sets)
        {
            Random random = new(set.N);
            ushort[] element = [.. Enumerable.Range(0, set.T).Select(_ => (ushort)random.Next(set.FieldSize))];
            ushort[] polynomial = Minimal<BitWord64>(set, element)!;
            Assert.Equal(polynomial, Minimal<BitWord128>(set, element)!);
            Assert.Equal(polynomial, Minimal<BitWord256>(set, element)!);
            Assert.Equal(polynomial, Minimal<BitWord512>(set, element)!);

            // Horner's rule from the leading 1.
            uint[] wide = [.. element.Select(x => (uint)x)];
            uint[] value = new uint[set.T];
            value[0] = 1;
            foreach (ushort coefficient in polynomial.Reverse())
            {
                value = McElieceModel.MultiplyExtension(set, value, wide);
                value[0] ^= coefficient;
            }

            Assert.All(value, x => Assert.Equal(0u, x));
        }
    }

    [Fact]
    public void An_element_of_a_smaller_field_has_no_Goppa_polynomial()
    {
        foreach (McElieceParameters set in McEliece.Sets)
        {
            ushort[] constant = new ushort[set.T];
            Assert.Null(Minimal<BitWord64>(set, constant));
            constant[0] = 77;
            Assert.Null(Minimal<BitWord64>(set, constant));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(70)]
    [InlineData(195)]
    public void Elimination_makes_the_left_part_the_identity(int rows)
    {
        Random random = new(rows);
        int singular = 0;
        for (int attempt = 0; attempt < 7; attempt++)
        {
            // Sparse matrices have zero pivots and are often singular.
            bool[][] matrix = [.. Enumerable.Range(0, rows).Select(row => Row(random, row, rows, attempt))];
            bool[][]? expected = Reduce(matrix, rows);
            if (expected is null) singular++;
            Assert.Equal(expected, Eliminate<BitWord64>(matrix, rows));
            Assert.Equal(expected, Eliminate<BitWord128>(matrix, rows));
            Assert.Equal(expected, Eliminate<BitWord256>(matrix, rows));
            Assert.Equal(expected, Eliminate<BitWord512>(matrix, rows));
        }

        Assert.InRange(singular, 1, 6);

        // Every third matrix starts as the identity in reverse within 60 rows, so that pivots have to be looked for.
        static bool[] Row(Random random, int row, int rows, int attempt)
        {
            bool[] bits = [.. Enumerable.Range(0, 2 * rows).Select(_ => random.Next(2) == 0)];
            if (attempt % 3 != 0) return bits;
            Array.Clear(bits, 0, rows);
            int first = row / 60 * 60;
            bits[first + Math.Min(rows - first, 60) - 1 - (row - first)] = attempt != 3 || row != 0;
            return bits;
        }
    }

    [Fact]
    public void An_error_vector_has_the_positions_that_were_drawn()
    {
        foreach (McElieceParameters set in McEliece.Sets)
        {
            // Numbers that are n or more after the cut to m bits are dropped; bits above the m lowest do not count.
            ushort[] positions = [.. Enumerable.Range(0, set.T).Select(i => (ushort)(i * 27))];
            positions[1] = (ushort)(set.N - 1);
            ushort high = (ushort)(0x10000 - set.FieldSize);
            List<ushort> numbers = [.. positions.Select((position, i) => i % 2 == 0 ? position : (ushort)(position | high))];
            if (set.DrawnNumbers > set.T)
            {
                numbers.Insert(3, (ushort)set.N);
                numbers.AddRange(Enumerable.Repeat((ushort)(set.FieldSize - 1), set.DrawnNumbers - numbers.Count));
            }

            byte[] repeated = Encode([.. numbers[..^1], numbers[0]], set);
            if (set.DrawnNumbers > set.T) repeated = Encode([numbers[1], .. numbers[1..]], set);
            byte[] tooFew = Encode([.. Enumerable.Repeat((ushort)(set.FieldSize - 1), set.DrawnNumbers)], set);
            byte[] error = new byte[set.ErrorSize];
            ScriptedRandomSource random = new(repeated, tooFew, Encode(numbers, set));
            ErrorVector.Draw(set, random, error);
            Assert.Equal(0, random.Remaining);
            Assert.Equal(positions.Select(x => (int)x).Order(), Enumerable.Range(0, set.N).Where(i => McElieceModel.Bit(error, i) == 1));
        }

        static byte[] Encode(IReadOnlyList<ushort> numbers, McElieceParameters set)
        {
            Assert.Equal(set.DrawnNumbers, numbers.Count);
            return [.. numbers.SelectMany(number => (byte[])[(byte)(number & 0xFF), (byte)(number >> 8)])];
        }
    }

    [Fact]
    public void HasWeight_counts_every_bit()
    {
        foreach (McElieceParameters set in McEliece.Sets)
        {
            byte[] error = McElieceModel.Error(set, set.T, new Random(6));
            Assert.Equal(uint.MaxValue, ErrorVector.HasWeight(error, set.T));
            for (int i = 0; i < set.N; i += 7)
            {
                error[i / 8] ^= (byte)(1 << (i % 8));
                Assert.Equal(0u, ErrorVector.HasWeight(error, set.T));
                error[i / 8] ^= (byte)(1 << (i % 8));
            }
        }
    }

    [Fact]
    public void Scratch_is_aligned_and_comes_back_erased()
    {
        for (int i = 0; i < 3; i++)
        {
            using ScratchWords scratch = new(5000);
            Assert.Equal(5000, scratch.Words.Length);
            Assert.Equal(0, (int)((nuint)AddressOf(scratch.Words) % 64));
            if (i > 0) Assert.False(scratch.Words.ContainsAnyExcept(0UL));
            scratch.Words.Fill(ulong.MaxValue);
        }

        static unsafe nint AddressOf(Span<ulong> words)
        {
            fixed (ulong* first = words) return (nint)first;
        }
    }

    private static ushort[]? Minimal<TWord>(McElieceParameters set, ushort[] element)
        where TWord : unmanaged, IBitWord<TWord>
    {
        ushort[] polynomial = new ushort[set.T];
        bool found = set.M == 12
            ? GoppaPolynomial<BitSlicedField12, TWord>.TryCompute(
                set, element, polynomial, new ulong[GoppaPolynomial<BitSlicedField12, TWord>.ScratchWords])
            : GoppaPolynomial<BitSlicedField13, TWord>.TryCompute(
                set, element, polynomial, new ulong[GoppaPolynomial<BitSlicedField13, TWord>.ScratchWords]);
        return found ? polynomial : null;
    }

    // Gauss-Jordan with row exchanges; the right part, or null if the left one is singular.
    private static bool[][]? Reduce(bool[][] source, int rows)
    {
        bool[][] matrix = [.. source.Select(row => (bool[])[.. row])];
        for (int k = 0; k < rows; k++)
        {
            int pivot = Array.FindIndex(matrix, k, row => row[k]);
            if (pivot < 0) return null;
            (matrix[k], matrix[pivot]) = (matrix[pivot], matrix[k]);
            for (int i = 0; i < rows; i++)
            {
                if (i != k && matrix[i][k]) matrix[i] = [.. matrix[i].Zip(matrix[k], (x, y) => x ^ y)];
            }
        }

        return [.. matrix.Select(row => row[rows..])];
    }

    private static bool[][]? Eliminate<TWord>(bool[][] source, int rows)
        where TWord : unmanaged, IBitWord<TWord>
    {
        int stride = (rows + 511) / 512 * 8;
        ulong[] left = Pack(source, 0, rows, stride);
        ulong[] right = Pack(source, rows, rows, stride);
        ulong[] repairs = new ulong[rows];
        if (!Elimination<TWord>.TryReduce(left, rows, stride, repairs, new ulong[stride])) return null;
        Elimination<TWord>.Replay(left, stride, repairs, rows, right, stride, new ulong[Elimination<TWord>.ReplayScratch(stride)]);
        ReadOnlyMemory<ulong> result = right;
        return
        [
            .. Enumerable.Range(0, rows).Select(
                row => (bool[])[.. Enumerable.Range(0, rows).Select(i => (result.Span[(row * stride) + (i / 64)] >> (i % 64) & 1) == 1)]),
        ];
    }

    private static ulong[] Pack(bool[][] rows, int first, int count, int stride)
    {
        ulong[] words = new ulong[rows.Length * stride];
        for (int row = 0; row < rows.Length; row++)
        {
            for (int i = 0; i < count; i++)
            {
                if (rows[row][first + i]) words[(row * stride) + (i / 64)] |= 1UL << (i % 64);
            }
        }

        return words;
    }
}
