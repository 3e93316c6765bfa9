namespace Postern.Cryptography.Tests;

/// <summary>The parts of ML-DSA against the definitions of FIPS 204, written with plain division.</summary>
public sealed class DsaArithmeticTests
{
    private const int Q = DsaField.Q;

    public static TheoryData<string> SetsByGamma2 => ["ML-DSA-44", "ML-DSA-65"];

    [Theory]
    [MemberData(nameof(SetsByGamma2))]
    public void Decompose_equals_its_definition_for_every_coefficient(string set)
    {
        DsaParameters parameters = MLDsaSamples.FindParameters(set);
        int[] high = new int[Q];
        int[] low = new int[Q];
        FillWithIndices(high);
        DsaRounding.Decompose(parameters, high, low);
        int wrong = 0;
        for (int r = 0; r < Q; r++)
        {
            var (expectedHigh, expectedLow) = Decompose(r, parameters.Gamma2);
            if (high[r] != expectedHigh || low[r] != expectedLow) wrong++;
        }

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Power2Round_equals_its_definition_for_every_coefficient()
    {
        int[] high = new int[Q];
        int[] low = new int[Q];
        FillWithIndices(high);
        DsaRounding.Power2Round(high, low);
        int wrong = 0;
        for (int r = 0; r < Q; r++)
        {
            int expectedLow = CentredRemainder(r, 1 << 13);
            if (low[r] != expectedLow || high[r] != (r - expectedLow) >> 13) wrong++;
        }

        Assert.Equal(0, wrong);
    }

    // FIPS 204 algorithm 39: a hint is 1 where adding ct0 changes the high part. Then UseHint on the sum gives that high part back.
    [Theory]
    [MemberData(nameof(SetsByGamma2))]
    public void Hints_equal_their_definition_and_lead_back_to_the_high_part(string set)
    {
        DsaParameters parameters = MLDsaSamples.FindParameters(set);
        int gamma2 = parameters.Gamma2;
        int[] edges = [-gamma2 + 1, -gamma2 + 2, -1, 0, 1, gamma2 - 2, gamma2 - 1];
        foreach (int high in Enumerable.Range(0, parameters.HighLevels))
        {
            foreach (int low in edges)
            {
                foreach (int ct0 in edges.Append(-gamma2 - low).Append(gamma2 - low).Where(ct0 => Math.Abs(ct0) < gamma2))
                {
                    int sum = Modulo((high * 2L * gamma2) + low + ct0);
                    var (sumHigh, sumLow) = Decompose(sum, gamma2);
                    int[] hint = [low];
                    int ones = DsaRounding.MakeHint(gamma2, hint, [ct0], [high]);
                    Assert.Equal(sumHigh == high ? 0 : 1, hint[0]);
                    Assert.Equal(hint[0], ones);

                    int[] recovered = [sumHigh];
                    DsaRounding.UseHint(parameters.HighLevels, recovered, [sumLow], hint[0] == 1 ? [0] : []);
                    Assert.Equal(high, recovered[0]);
                }
            }
        }
    }

    // FIPS 204 algorithm 40: up for a positive low part, down for zero and below, modulo the number of high parts.
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 0, 43)]
    [InlineData(0, -1, 43)]
    [InlineData(43, 1, 0)]
    [InlineData(43, 0, 42)]
    [InlineData(7, 95232, 8)]
    [InlineData(7, -95231, 6)]
    public void A_hint_moves_the_high_part_by_the_sign_of_the_low_part(int high, int low, int expected)
    {
        int[] adjusted = [high, high];
        DsaRounding.UseHint(44, adjusted, [low, low], [1]);
        Assert.Equal([high, expected], adjusted);
    }

    // More coefficients than any parameter set has, so that one block of the hash does not suffice.
    [Theory]
    [InlineData(39)]
    [InlineData(60)]
    [InlineData(200)]
    public void SampleInBall_follows_its_definition(int tau)
    {
        byte[] stream = new byte[2000];
        Sha3.Shake256([1, 2, 3], stream);
        ulong signs = BitConverter.ToUInt64(stream);
        int[] expected = new int[DsaPolynomial.Size];
        int read = 8;
        for (int i = DsaPolynomial.Size - tau; i < DsaPolynomial.Size; i++)
        {
            while (stream[read] > i)
            {
                read++;
            }

            int position = stream[read++];
            expected[i] = expected[position];
            expected[position] = (signs & 1) == 0 ? 1 : -1;
            signs >>= 1;
        }

        int[] sampled = new int[DsaPolynomial.Size];
        DsaSampling.SampleInBall(tau, [1, 2, 3], sampled);
        Assert.Equal(expected, sampled);
        Assert.Equal(tau, sampled.Count(coefficient => coefficient != 0));
        Assert.Equal(tau == 200, read > 136);
    }

    [Fact]
    public void Transform_and_its_inverse_multiply_polynomials_modulo_x256_plus_1()
    {
        Random random = new(5);
        for (int round = 0; round < 20; round++)
        {
            int[] left = RandomPolynomial(random);
            int[] right = RandomPolynomial(random);
            int[] expected = MultiplySchoolbook(left, right);
            int[] product = new int[DsaPolynomial.Size];
            DsaNtt.Forward(left);
            DsaNtt.Forward(right);
            DsaPolynomial.Multiply(left, right, product);
            DsaNtt.Inverse(product);
            DsaPolynomial.ToCanonical(product);
            Assert.Equal(expected, product);
        }
    }

    // The largest sums there are. The row, all -1, is the transform of the constant -1, seven times.
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Extreme_coefficients_do_not_overflow(int sign)
    {
        int[] vector = new int[7 * DsaPolynomial.Size];
        int[] row = new int[7 * DsaPolynomial.Size];
        int[] product = new int[DsaPolynomial.Size];
        Array.Fill(vector, sign * (Q - 1));
        Array.Fill(row, Q - 1);
        for (int column = 0; column < 7; column++)
        {
            DsaNtt.Forward(DsaPolynomial.At(vector, column));
        }

        DsaPolynomial.MultiplyRow(row, vector, product);
        Assert.All(product, value => Assert.InRange(value, 1 - Q, Q - 1));
        DsaNtt.Inverse(product);
        DsaPolynomial.ToCanonical(product);
        Assert.All(product, value => Assert.Equal(Modulo(-7 * sign * (Q - 1L)), value));
    }

    [Theory]
    [InlineData(4, 0, 15)]
    [InlineData(6, 0, 43)]
    [InlineData(10, 0, 1023)]
    [InlineData(3, -2, 2)]
    [InlineData(4, -4, 4)]
    [InlineData(13, -4095, 4096)]
    [InlineData(18, -131071, 131072)]
    [InlineData(20, -524287, 524288)]
    public void Packing_is_the_bit_string_of_the_coefficients_and_unpacks(int bits, int lowest, int highest)
    {
        Random random = new(bits);
        int[] polynomial = [.. Enumerable.Range(0, 256).Select(_ => random.Next(lowest, highest + 1))];
        (polynomial[0], polynomial[255]) = (lowest, highest);
        byte[] packed = new byte[DsaPacking.PackedSize(bits)];
        int[] unpacked = new int[DsaPolynomial.Size];
        if (lowest == 0)
        {
            DsaPacking.PackUnsigned(polynomial, bits, packed);
            DsaPacking.UnpackUnsigned(packed, bits, unpacked);
        }
        else
        {
            DsaPacking.PackCentred(polynomial, bits, highest, packed);
            DsaPacking.UnpackCentred(packed, bits, highest, unpacked);
        }

        Assert.Equal(polynomial, unpacked);
        for (int bit = 0; bit < bits * 256; bit++)
        {
            int stored = lowest == 0 ? polynomial[bit / bits] : highest - polynomial[bit / bits];
            Assert.Equal((stored >> (bit % bits)) & 1, (packed[bit / 8] >> (bit % 8)) & 1);
        }
    }

    [Fact]
    public void A_workspace_comes_back_erased()
    {
        WorkspacePool<DsaWorkspace> pool = new(() => new DsaWorkspace(2));
        DsaWorkspace workspace = pool.Rent();
        Span<int> vector = workspace.Take(2);
        vector.Fill(-1);
        pool.Return(workspace);
        Assert.Equal(-1, vector.IndexOfAnyExcept(0));
        Assert.Same(workspace, pool.Rent());
        Assert.NotSame(workspace, pool.Rent());
    }

    private static void FillWithIndices(int[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }
    }

    // Algorithm 36 as it is written there.
    private static (int High, int Low) Decompose(int r, int gamma2)
    {
        int low = CentredRemainder(r, 2 * gamma2);
        return r - low == Q - 1 ? (0, low - 1) : ((r - low) / (2 * gamma2), low);
    }

    private static int CentredRemainder(int value, int modulus)
    {
        int remainder = value % modulus;
        return remainder > modulus / 2 ? remainder - modulus : remainder;
    }

    private static int Modulo(long value) => (int)(((value % Q) + Q) % Q);

    private static int[] RandomPolynomial(Random random) => [.. Enumerable.Range(0, 256).Select(_ => random.Next(1 - Q, Q))];

    private static int[] MultiplySchoolbook(int[] left, int[] right)
    {
        long[] sums = new long[256];
        for (int i = 0; i < 256; i++)
        {
            for (int j = 0; j < 256; j++)
            {
                long product = (long)left[i] * right[j] % Q;
                sums[(i + j) & 255] += i + j < 256 ? product : -product;
            }
        }

        return [.. sums.Select(Modulo)];
    }
}
