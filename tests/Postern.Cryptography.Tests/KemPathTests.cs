using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>Every path of ML-KEM that this machine has against the portable one, and against the vectors.</summary>
public sealed class KemPathTests
{
    private const int N = KemPolynomial.Length;
    private const byte Guard = 0xA5;

    private static readonly KemCore Portable = KemCore.Create(KemPath.Portable, KeccakLanesPath.Scalar);

    public static TheoryData<string> Paths { get; } =
        [.. Enum.GetValues<KemPath>().Where(KemCore.IsSupported).Select(path => path.ToString())];

    /// <summary>The paths with every way to hash that this machine has.</summary>
    public static TheoryData<string, string> HashingPaths
    {
        get
        {
            TheoryData<string, string> pairs = [];
            foreach (KemPath path in Enum.GetValues<KemPath>().Where(KemCore.IsSupported))
            {
                foreach (KeccakLanesPath lanes in Enum.GetValues<KeccakLanesPath>().Where(KeccakLanes.IsSupported))
                {
                    pairs.Add(path.ToString(), lanes.ToString());
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(HashingPaths))]
    public void Every_operation_equals_every_vector(string path, string lanes)
    {
        foreach ((KemAlgorithm standard, JsonElement vector) in MLKemTests.Vectors())
        {
            MLKem kem = new(standard.Name, ParametersOf(standard), Enum.Parse<KemPath>(path), Enum.Parse<KeccakLanesPath>(lanes));
            ScriptedRandomSource random = new([.. vector.Bytes("d"), .. vector.Bytes("z")]);
            (byte[] publicKey, byte[] secretKey) = MLKemTests.NewKeyPair(kem, random);
            Assert.Equal(vector.Bytes("public_key"), publicKey);
            Assert.Equal(vector.Bytes("secret_key"), secretKey);
            (byte[] ciphertext, byte[] secret) = MLKemTests.Encapsulate(kem, new ScriptedRandomSource(vector.Bytes("m")), publicKey);
            Assert.Equal(vector.Bytes("ciphertext"), ciphertext);
            Assert.Equal(vector.Bytes("shared_secret"), secret);
            byte[] recovered = new byte[kem.SharedSecretSize];
            Assert.True(kem.Decapsulate(secretKey, ciphertext, recovered));
            Assert.Equal(secret, recovered);
            Assert.False(kem.Decapsulate(secretKey, vector.Bytes("damaged_ciphertext"), recovered));
            Assert.Equal(vector.Bytes("fips203_implicit_rejection_secret"), recovered);
        }
    }

    [Theory]
    [MemberData(nameof(HashingPaths))]
    public void Matrices_and_noise_beside_them_are_equal_for_every_rank_also_where_three_blocks_are_not_enough(string path, string lanes)
    {
        KemCore core = KemCore.Create(Enum.Parse<KemPath>(path), Enum.Parse<KeccakLanesPath>(lanes));
        Random random = new(11);
        int longer = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] seed = MLKemTests.Bytes(random, 32);
            int k = 2 + (i % 4);
            short[] expected = new short[(k * k * N) + KemCore.MatrixSlack];
            short[] actual = [.. Enumerable.Repeat((short)-1, expected.Length)];
            short[] expectedNoise = new short[2 * k * N];
            short[] actualNoise = new short[2 * k * N];
            Portable.SampleMatrixAndNoise(seed, k, expected, seed, 2 + (i % 2), expectedNoise);
            core.SampleMatrixAndNoise(seed, k, actual, seed, 2 + (i % 2), actualNoise);
            Assert.Equal(expected[..(k * k * N)], actual[..(k * k * N)]);
            Assert.Equal(expectedNoise, actualNoise);

            Portable.SampleMatrixAndHash(seed, k, expected, new byte[32]);
            core.SampleMatrixAndHash(seed, k, actual, new byte[32]);
            Assert.Equal(expected[..(k * k * N)], actual[..(k * k * N)]);
            longer += Enumerable.Range(0, k * k).Count(entry => Candidates(seed, (byte)(entry / k), (byte)(entry % k)) < N);
        }

        Assert.True(longer > 0, "No seed needed a fourth block.");

        // Numbers below q in the first three blocks.
        static int Candidates(byte[] seed, byte first, byte second)
        {
            byte[] stream = new byte[3 * KeccakRate.Bits128];
            Sha3.Shake128([.. seed, first, second], stream);
            short[] numbers = new short[stream.Length / 3 * 2];
            KemPacking.Decode(stream, 12, numbers);
            return numbers.Count(number => number < KemField.Q);
        }
    }

    [Theory]
    [MemberData(nameof(HashingPaths))]
    public void Noise_is_equal_for_every_width_and_number_of_polynomials(string path, string lanes)
    {
        KemCore core = KemCore.Create(Enum.Parse<KemPath>(path), Enum.Parse<KeccakLanesPath>(lanes));
        for (int polynomials = 1; polynomials <= 17; polynomials++)
        {
            byte[] seed = MLKemTests.Bytes(new Random(polynomials), 32);
            foreach (int eta in (int[])[2, 3])
            {
                short[] expected = new short[polynomials * N];
                short[] actual = new short[polynomials * N];
                Portable.SampleNoise(seed, 250 - polynomials, eta, expected);
                core.SampleNoise(seed, 250 - polynomials, eta, actual);
                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [MemberData(nameof(HashingPaths))]
    public void Hashes_beside_the_matrix_are_equal_for_every_length_and_every_difference_of_lengths(string path, string lanes)
    {
        KemCore core = KemCore.Create(Enum.Parse<KemPath>(path), Enum.Parse<KeccakLanesPath>(lanes));
        byte[] key = MLKemTests.Bytes(new Random(12), 1300);
        byte[] seed = MLKemTests.Bytes(new Random(13), 32);
        byte[] ciphertext = MLKemTests.Bytes(new Random(14), 1300);
        for (int length = 32; length <= 420; length += length % 136 is > 100 or < 10 ? 1 : 9)
        {
            Compare(2, key[..length], ciphertext[..length]);
            Compare(3, key[..(length * 3)], ciphertext[..(length - 32)]);
            Compare(5, key[..length], ciphertext[..(length * 3)]);
        }

        void Compare(int k, byte[] publicKey, byte[] message)
        {
            short[][] matrices = [.. Enumerable.Range(0, 3).Select(_ => new short[(k * k * N) + KemCore.MatrixSlack])];
            byte[][] expected = [new byte[32], new byte[32]];
            byte[][] actual = [new byte[32], new byte[32]];
            byte[] alone = new byte[32];
            Portable.SampleMatrixAndHash(publicKey, k, matrices[0], expected[0], seed, message, expected[1]);
            core.SampleMatrixAndHash(publicKey, k, matrices[1], actual[0], seed, message, actual[1]);
            core.SampleMatrixAndHash(publicKey, k, matrices[2], alone);
            Assert.Equal(expected, actual);
            Assert.Equal(expected[0], alone);
            Assert.Equal(matrices[0][..(k * k * N)], matrices[1][..(k * k * N)]);
            Assert.Equal(matrices[0][..(k * k * N)], matrices[2][..(k * k * N)]);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_transform_and_its_inverse_are_equal_and_stay_in_their_bounds(string path)
    {
        KemCore core = CoreOf(path);
        foreach (short[] polynomial in Polynomials(KemField.Q - 1))
        {
            short[] expected = [.. polynomial];
            short[] actual = [.. polynomial];
            Portable.Forward(expected);
            core.Forward(actual);
            Assert.Equal(expected, actual);

            expected = [.. polynomial];
            actual = [.. polynomial];
            Portable.Inverse(expected);
            core.Inverse(actual);
            Assert.All(actual, c => Assert.InRange(c, 1 - KemField.Q, KemField.Q - 1));
            Assert.Equal(Canonical(expected), Canonical(actual));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_inverse_transform_of_every_constant_is_equal(string path)
    {
        // One number everywhere makes the largest sums: every layer doubles them.
        KemCore core = CoreOf(path);
        for (short constant = 1 - KemField.Q; constant < KemField.Q; constant++)
        {
            short[] expected = Filled(constant);
            short[] actual = Filled(constant);
            Portable.Inverse(expected);
            core.Inverse(actual);
            Assert.Equal(Canonical(expected), Canonical(actual));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Products_of_vectors_are_equal_and_stay_in_their_bounds_for_up_to_seven_polynomials(string path)
    {
        KemCore core = CoreOf(path);
        Random random = new(15);
        short[][] rights = [.. Polynomials((KemField.Q - 1) / 2)];
        short[][] lefts = [new short[N], Filled(4095), Filled(KemField.Q - 1), .. Enumerable.Range(0, 8).Select(_ => RandomPolynomial(random, 0, 4096))];
        for (int k = 1; k <= 7; k++)
        {
            foreach (short[] leftPart in lefts)
            {
                foreach (short[] rightPart in rights)
                {
                    short[] left = [.. Enumerable.Repeat(leftPart, k).SelectMany(part => part)];
                    short[] right = [.. Enumerable.Repeat(rightPart, k).SelectMany(part => part)];
                    short[] expected = new short[N];
                    short[] actual = new short[N];
                    Portable.Product(left, right, expected);
                    core.Product(left, right, actual);
                    Assert.All(actual, c => Assert.InRange(c, 1 - KemField.Q, KemField.Q - 1));
                    Assert.Equal(Canonical(expected), Canonical(actual));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Operations_on_single_coefficients_are_equal_for_every_number(string path)
    {
        KemCore core = CoreOf(path);
        short[] every = [.. Enumerable.Range(short.MinValue, 1 << 16).Select(value => (short)value)];
        short[] reduced = [.. every];
        core.ToCanonical(reduced);
        Assert.Equal(Canonical(every), reduced);

        for (int start = 0; start < every.Length; start += N)
        {
            short[] expected = every[start..(start + N)];
            short[] actual = [.. expected];
            Portable.RemoveProductFactor(expected);
            core.RemoveProductFactor(actual);
            Assert.Equal(expected, actual);

            short[] addend = RandomPolynomial(new Random(start), -32768, 32768);
            Portable.Add(expected, addend);
            core.Add(actual, addend);
            Assert.Equal(expected, actual);
            Portable.SubtractFrom(addend, expected);
            core.SubtractFrom(addend, actual);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Compress_and_decompress_are_equal_for_every_number(string path)
    {
        KemCore core = CoreOf(path);
        foreach (int bits in (int[])[1, 4, 5, 10, 11])
        {
            short[] expected = [.. Enumerable.Range(0, 14 * N).Select(x => (short)Math.Min(x, KemField.Q - 1))];
            short[] actual = [.. expected];
            Portable.Compress(expected, bits);
            core.Compress(actual, bits);
            Assert.Equal(expected, actual);

            expected = [.. Enumerable.Range(0, 8 * N).Select(y => (short)(y & ((1 << bits) - 1)))];
            actual = [.. expected];
            Portable.Decompress(expected, bits);
            core.Decompress(actual, bits);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Encodings_are_equal_and_touch_nothing_beside_them(string path)
    {
        KemCore core = CoreOf(path);
        for (int bits = 1; bits <= 12; bits++)
        {
            foreach (int polynomials in (int[])[1, 2, 5])
            {
                short[] numbers = RandomPolynomial(new Random(bits), 0, 1 << bits, polynomials * N);
                int size = numbers.Length * bits / 8;
                byte[] expected = new byte[size];
                byte[] actual = [.. Enumerable.Repeat(Guard, size + 128)];
                Portable.Encode(numbers, bits, expected);
                core.Encode(numbers, bits, actual.AsSpan(64, size));
                Assert.Equal(expected, actual[64..^64]);
                Assert.All(actual[..64], value => Assert.Equal(Guard, value));
                Assert.All(actual[^64..], value => Assert.Equal(Guard, value));

                short[] decoded = [.. Enumerable.Repeat((short)Guard, numbers.Length + 128)];
                core.Decode(actual.AsSpan(64, size), bits, decoded.AsSpan(64, numbers.Length));
                Assert.Equal(numbers, decoded[64..^64]);
                Assert.All(decoded[..64], value => Assert.Equal(Guard, value));
                Assert.All(decoded[^64..], value => Assert.Equal(Guard, value));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_modulus_check_sees_every_coefficient(string path)
    {
        KemCore core = CoreOf(path);
        short[] vector = Filled(KemField.Q - 1, 5 * N);
        Assert.True(core.IsReduced(vector));
        Assert.True(core.IsReduced(new short[N]));
        Assert.False(core.IsReduced(Filled(KemField.Q, 5 * N)));
        for (int i = 0; i < vector.Length; i++)
        {
            foreach (short value in (short[])[KemField.Q, 4095])
            {
                vector[i] = value;
                Assert.False(core.IsReduced(vector));
                vector[i] = KemField.Q - 1;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_workspace_that_comes_back_holds_no_secret(string path)
    {
        KemAlgorithm kem = KemAlgorithm.MLKem768;
        MLKemWorkspace workspace = new(ParametersOf(kem), Enum.Parse<KemPath>(path), KeccakLanes.Fastest);
        (byte[] publicKey, _) = MLKemTests.NewKeyPair(kem, new ScriptedRandomSource(MLKemTests.Bytes(new Random(16), 64)));
        workspace.Core.SampleMatrixAndHash(publicKey, 3, workspace.Matrix, new byte[32]);
        MLKemEncryption.Encrypt(workspace, publicKey, new byte[32], new byte[32], new byte[kem.CiphertextSize]);
        Assert.Contains(workspace.Noise.ToArray(), c => c != 0);
        Assert.Contains(workspace.Message.ToArray().Concat(workspace.Sum.ToArray()), c => c != 0);
        workspace.Clear();
        short[] rest = [.. workspace.Noise, .. workspace.Decoded, .. workspace.Sum, .. workspace.Message];
        Assert.Equal(((3 * 3) + 3) * N, rest.Length);
        Assert.All(rest, c => Assert.Equal(0, c));
    }

    private static KemCore CoreOf(string path) => KemCore.Create(Enum.Parse<KemPath>(path), KeccakLanes.Fastest);

    private static MLKemParameters ParametersOf(KemAlgorithm kem) => kem.Name switch
    {
        "ML-KEM-512" => new(K: 2, Eta1: 3, Eta2: 2, Du: 10, Dv: 4),
        "ML-KEM-768" => new(K: 3, Eta1: 2, Eta2: 2, Du: 10, Dv: 4),
        "ML-KEM-1024" => new(K: 4, Eta1: 2, Eta2: 2, Du: 11, Dv: 5),
        _ => new(K: 5, Eta1: 2, Eta2: 2, Du: 11, Dv: 5),
    };

    // Zero, the bounds in every pattern of blocks, and random numbers.
    private static IEnumerable<short[]> Polynomials(int bound)
    {
        yield return new short[N];
        yield return Filled((short)bound);
        yield return Filled((short)-bound);
        for (int period = 1; period <= 128; period *= 2)
        {
            yield return [.. Enumerable.Range(0, N).Select(i => (short)((i & period) == 0 ? bound : -bound))];
        }

        Random random = new(17);
        for (int i = 0; i < 20; i++)
        {
            yield return RandomPolynomial(random, -bound, bound + 1);
            yield return [.. Enumerable.Range(0, N).Select(_ => (short)(random.Next(2) == 0 ? bound : -bound))];
        }
    }

    private static short[] Filled(short value, int length = N) => [.. Enumerable.Repeat(value, length)];

    private static short[] RandomPolynomial(Random random, int from, int below, int length = N) =>
        [.. Enumerable.Range(0, length).Select(_ => (short)random.Next(from, below))];

    private static short[] Canonical(short[] vector) =>
        [.. vector.Select(c => (short)(((c % KemField.Q) + KemField.Q) % KemField.Q))];
}
