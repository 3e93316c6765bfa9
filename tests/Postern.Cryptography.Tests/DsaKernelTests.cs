using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>Every path of ML-DSA's arithmetic that this machine has, against the scalar one: equal representatives, not only equal residues.</summary>
public sealed class DsaKernelTests
{
    private const int Q = DsaField.Q;
    private const int Size = DsaPolynomial.Size;

    private static readonly DsaKernel Scalar = DsaKernel.Create(DsaPath.Scalar);

    public static TheoryData<string> Paths { get; } =
        [.. Enum.GetValues<DsaPath>().Where(DsaKernel.IsSupported).Select(path => path.ToString())];

    public static TheoryData<string, string> SetsAndPaths { get; } = MakeSetsAndPaths();

    [Theory]
    [MemberData(nameof(SetsAndPaths))]
    public void Keys_and_signatures_equal_every_vector_on_every_path(string set, string path)
    {
        MLDsa algorithm = new(MLDsaSamples.FindParameters(set), Kernel(path));
        int compared = 0;
        foreach (JsonElement vector in VectorFile.Read("mldsa.json").EnumerateArray())
        {
            if (MLDsaSamples.Find(vector.Text("set")).Name != set) continue;
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, vector.Bytes("seed_xi"));
            Assert.Equal(vector.Text("public_key"), Convert.ToHexStringLower(verificationKey));
            Assert.Equal(vector.Text("secret_key"), Convert.ToHexStringLower(signingKey));

            byte[] message = vector.Bytes("message");
            byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, message);
            Assert.Equal(vector.Text("signed_message"), Convert.ToHexStringLower([.. signature, .. message]));
            Assert.True(algorithm.Verify(verificationKey, message, signature));
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [MemberData(nameof(SetsAndPaths))]
    public void Keys_and_signatures_equal_those_of_the_scalar_path(string set, string path)
    {
        MLDsa scalar = new(MLDsaSamples.FindParameters(set), Scalar);
        MLDsa algorithm = new(MLDsaSamples.FindParameters(set), Kernel(path));
        for (int i = 0; i < 20; i++)
        {
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(scalar, 100 + i);
            var (otherVerificationKey, otherSigningKey) = MLDsaSamples.KeyPair(algorithm, 100 + i);
            Assert.Equal(verificationKey, otherVerificationKey);
            Assert.Equal(signingKey, otherSigningKey);

            byte[] message = [(byte)i];
            byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, message);
            Assert.Equal(MLDsaSamples.SignDeterministically(scalar, signingKey, message), signature);
            Assert.True(algorithm.Verify(verificationKey, message, signature));
            signature[(i * 97) % signature.Length] ^= 1;
            Assert.False(algorithm.Verify(verificationKey, message, signature));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Transforms_equal_the_scalar_ones(string path)
    {
        DsaKernel kernel = Kernel(path);
        foreach (int[] vector in Vectors(3, 1 - Q, Q - 1))
        {
            AssertSame(vector, Scalar.Forward, kernel.Forward);
            AssertSame(vector, Scalar.Inverse, kernel.Inverse);
        }
    }

    // A unit vector at each place shows every factor of the transforms.
    [Theory]
    [MemberData(nameof(Paths))]
    public void Transforms_of_each_unit_vector_equal_the_scalar_ones(string path)
    {
        DsaKernel kernel = Kernel(path);
        for (int i = 0; i < Size; i++)
        {
            int[] unit = new int[Size];
            unit[i] = i % 2 == 0 ? 1 : Q - 1;
            AssertSame(unit, Scalar.Forward, kernel.Forward);
            AssertSame(unit, Scalar.Inverse, kernel.Inverse);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Products_and_sums_equal_the_scalar_ones(string path)
    {
        DsaKernel kernel = Kernel(path);
        for (int columns = 1; columns <= 7; columns++)
        {
            foreach (int[] row in Vectors(columns, 0, Q - 1))
            {
                foreach (int[] vector in Vectors(columns, 1 - (9 * Q), (9 * Q) - 1))
                {
                    int[] expected = new int[Size];
                    Scalar.MultiplyRow(row, vector, expected);
                    int[] product = new int[Size];
                    kernel.MultiplyRow(row, vector, product);
                    Assert.Equal(expected, product);
                }
            }
        }

        foreach (int[] left in Vectors(1, 1 - (9 * Q), (9 * Q) - 1))
        {
            foreach (int[] right in Vectors(1, 1 - (9 * Q), (9 * Q) - 1))
            {
                AssertSame(left, target => Scalar.Multiply(left, right, target), target => kernel.Multiply(left, right, target));
                AssertSame(left, target => Scalar.Add(target, right), target => kernel.Add(target, right));
                AssertSame(left, target => Scalar.Subtract(target, right), target => kernel.Subtract(target, right));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Reductions_equal_the_scalar_ones(string path)
    {
        DsaKernel kernel = Kernel(path);
        foreach (int[] vector in Vectors(1, int.MinValue, int.MaxValue - (1 << 22))) AssertSame(vector, Scalar.Reduce, kernel.Reduce);
        foreach (int[] vector in Vectors(1, 1 - Q, Q - 1)) AssertSame(vector, Scalar.ToCanonical, kernel.ToCanonical);
        foreach (int[] vector in Vectors(1, 0, 1023)) AssertSame(vector, Scalar.ScaleHigh, kernel.ScaleHigh);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_norm_check_sees_either_sign_and_every_coefficient(string path)
    {
        DsaKernel kernel = Kernel(path);
        for (int i = 0; i < Size; i++)
        {
            foreach (int bound in new[] { 1, 261888 - 196, (1 << 19) - 196 })
            {
                int[] polynomial = new int[Size];
                foreach (int sign in new[] { 1, -1 })
                {
                    polynomial[i] = sign * (bound - 1);
                    Assert.False(kernel.ReachesBound(polynomial, bound));
                    polynomial[i] = sign * bound;
                    Assert.True(kernel.ReachesBound(polynomial, bound));
                }
            }
        }
    }

    // Every coefficient there is.
    [Theory]
    [MemberData(nameof(Paths))]
    public void Rounding_of_every_coefficient_equals_the_scalar_one(string path)
    {
        DsaKernel kernel = Kernel(path);
        int[] all = new int[Q / Size * Size];
        for (int shift = 0; shift <= Q - all.Length; shift += Q - all.Length)
        {
            for (int i = 0; i < all.Length; i++) all[i] = i + shift;
            AssertSamePair(all, Scalar.Power2Round, kernel.Power2Round);
            foreach (string set in DsaArithmeticTests.SetsByGamma2.Select(row => row.Data))
            {
                DsaParameters parameters = MLDsaSamples.FindParameters(set);
                AssertSamePair(all, (high, low) => Scalar.Decompose(parameters, high, low), (high, low) => kernel.Decompose(parameters, high, low));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Hints_equal_the_scalar_ones(string path)
    {
        DsaKernel kernel = Kernel(path);
        Random random = new(6);
        foreach (int gamma2 in new[] { DsaParameters.MLDsa44.Gamma2, DsaParameters.MLDsa65.Gamma2 })
        {
            int[] edges = [-gamma2, -gamma2 + 1, -1, 0, 1, gamma2 - 1, gamma2];
            for (int round = 0; round < 100; round++)
            {
                int[] low = Pick(edges);
                int[] ct0 = [.. low.Select(value => random.Next(3) == 0 ? -gamma2 - value : edges[random.Next(edges.Length)])];
                int[] high = Pick([0, 0, 1, 15, 43]);
                int[] expected = [.. low];
                int ones = Scalar.MakeHint(gamma2, expected, ct0, high);
                Assert.InRange(ones, 1, Size - 1);
                Assert.Equal(ones, kernel.MakeHint(gamma2, low, ct0, high));
                Assert.Equal(expected, low);
            }
        }

        int[] Pick(int[] values) => [.. Enumerable.Range(0, Size).Select(_ => values[random.Next(values.Length)])];
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Packing_equals_the_scalar_one(string path)
    {
        DsaKernel kernel = Kernel(path);
        foreach (int bits in new[] { 3, 4, 6, 10, 13, 18, 20 })
        {
            int upper = 1 << (bits - 1);
            foreach (int[] polynomial in Vectors(1, 0, (1 << bits) - 1))
            {
                int[] centred = [.. polynomial.Select(value => upper - value)];
                byte[] expected = new byte[DsaPacking.PackedSize(bits)];
                Scalar.PackUnsigned(polynomial, bits, expected);

                byte[] packed = new byte[expected.Length];
                kernel.PackUnsigned(polynomial, bits, packed);
                Assert.Equal(expected, packed);
                packed = new byte[expected.Length];
                kernel.PackCentred(centred, bits, upper, packed);
                Assert.Equal(expected, packed);

                int[] unpacked = new int[Size];
                kernel.UnpackUnsigned(packed, bits, unpacked);
                Assert.Equal(polynomial, unpacked);
                kernel.UnpackCentred(packed, bits, upper, unpacked);
                Assert.Equal(centred, unpacked);
            }
        }
    }

    private static DsaKernel Kernel(string path) => DsaKernel.Create(Enum.Parse<DsaPath>(path));

    private static TheoryData<string, string> MakeSetsAndPaths()
    {
        TheoryData<string, string> data = [];
        foreach (string set in MLDsaTests.Sets.Select(row => row.Data))
        {
            foreach (string path in Paths.Select(row => row.Data)) data.Add(set, path);
        }

        return data;
    }

    // All lowest, all highest, the two in turn, and random ones that reach both.
    private static IEnumerable<int[]> Vectors(int polynomials, int lowest, int highest)
    {
        int length = polynomials * Size;
        yield return [.. Enumerable.Repeat(lowest, length)];
        yield return [.. Enumerable.Repeat(highest, length)];
        yield return [.. Enumerable.Range(0, length).Select(i => i % 2 == 0 ? lowest : highest)];
        Random random = new(highest);
        for (int round = 0; round < 5; round++)
        {
            int[] vector = [.. Enumerable.Range(0, length).Select(_ => (int)random.NextInt64(lowest, highest + 1L))];
            (vector[round], vector[^(round + 1)]) = (lowest, highest);
            yield return vector;
        }
    }

    private static void AssertSame(int[] start, Action<Span<int>> scalar, Action<Span<int>> tested)
    {
        int[] expected = [.. start];
        int[] actual = [.. start];
        scalar(expected);
        tested(actual);
        Assert.True(expected.AsSpan().SequenceEqual(actual));
    }

    private static void AssertSamePair(int[] start, Action<Span<int>, Span<int>> scalar, Action<Span<int>, Span<int>> tested)
    {
        int[] expectedLow = new int[start.Length];
        int[] low = new int[start.Length];
        AssertSame(start, high => scalar(high, expectedLow), high => tested(high, low));
        Assert.True(expectedLow.AsSpan().SequenceEqual(low));
    }
}
