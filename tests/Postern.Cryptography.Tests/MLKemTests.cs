using System.Text.Json;

namespace Postern.Cryptography.Tests;

public sealed class MLKemTests
{
    public static TheoryData<string> StandardSets => ["ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"];

    public static TheoryData<string> Sets => ["ML-KEM-512", "ML-KEM-768", "ML-KEM-1024", "Kyber-1280"];

    [Fact]
    public void Sizes_are_those_of_the_standard_and_of_the_description()
    {
        // FIPS 203 §8, table 3.
        Assert.Equal((800, 1632, 768), SizesOf(KemAlgorithm.MLKem512));
        Assert.Equal((1184, 2400, 1088), SizesOf(KemAlgorithm.MLKem768));
        Assert.Equal((1568, 3168, 1568), SizesOf(KemAlgorithm.MLKem1024));

        // Primitives §6.
        Assert.Equal((1952, 3936, 1920), SizesOf(KemAlgorithm.Kyber1280));
        Assert.DoesNotContain("ML-KEM", KemAlgorithm.Kyber1280.Name, StringComparison.Ordinal);

        static (int PublicKey, int SecretKey, int Ciphertext) SizesOf(KemAlgorithm kem) =>
            (kem.PublicKeySize, kem.SecretKeySize, kem.CiphertextSize);
    }

    [Fact]
    public void GenerateKeyPair_equals_every_vector()
    {
        foreach ((KemAlgorithm kem, JsonElement vector) in Vectors())
        {
            ScriptedRandomSource random = new([.. vector.Bytes("d"), .. vector.Bytes("z")]);
            (byte[] publicKey, byte[] secretKey) = NewKeyPair(kem, random);
            Assert.Equal(vector.Text("public_key"), Convert.ToHexStringLower(publicKey));
            Assert.Equal(vector.Text("secret_key"), Convert.ToHexStringLower(secretKey));
            Assert.Equal(0, random.Remaining);
        }
    }

    [Fact]
    public void TryEncapsulate_equals_every_vector()
    {
        foreach ((KemAlgorithm kem, JsonElement vector) in Vectors())
        {
            (byte[] ciphertext, byte[] secret) = Encapsulate(kem, new ScriptedRandomSource(vector.Bytes("m")), vector.Bytes("public_key"));
            Assert.Equal(vector.Text("ciphertext"), Convert.ToHexStringLower(ciphertext));
            Assert.Equal(vector.Text("shared_secret"), Convert.ToHexStringLower(secret));
        }
    }

    [Fact]
    public void Decapsulate_equals_every_vector()
    {
        foreach ((KemAlgorithm kem, JsonElement vector) in Vectors())
        {
            byte[] secret = new byte[kem.SharedSecretSize];
            Assert.True(kem.Decapsulate(vector.Bytes("secret_key"), vector.Bytes("ciphertext"), secret));
            Assert.Equal(vector.Text("shared_secret"), Convert.ToHexStringLower(secret));
        }
    }

    [Fact]
    public void Decapsulate_gives_the_standards_rejection_secret_for_every_damaged_ciphertext()
    {
        foreach ((KemAlgorithm kem, JsonElement vector) in Vectors())
        {
            byte[] secret = new byte[kem.SharedSecretSize];
            Assert.False(kem.Decapsulate(vector.Bytes("secret_key"), vector.Bytes("damaged_ciphertext"), secret));
            Assert.Equal(vector.Text("fips203_implicit_rejection_secret"), Convert.ToHexStringLower(secret));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Decapsulate_recovers_the_secret_that_TryEncapsulate_made(string set)
    {
        KemAlgorithm kem = Named(set);
        Random random = new(203);
        for (int i = 0; i < 100; i++)
        {
            (byte[] publicKey, byte[] secretKey) = NewKeyPair(kem, new ScriptedRandomSource(Bytes(random, 64)));
            (byte[] ciphertext, byte[] secret) = Encapsulate(kem, new ScriptedRandomSource(Bytes(random, 32)), publicKey);
            byte[] recovered = new byte[kem.SharedSecretSize];
            Assert.True(kem.Decapsulate(secretKey, ciphertext, recovered));
            Assert.Equal(secret, recovered);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_systems_randomness_makes_another_secret_every_time(string set)
    {
        KemAlgorithm kem = Named(set);
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(publicKey, secretKey);
        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] first = new byte[kem.SharedSecretSize];
        byte[] second = new byte[kem.SharedSecretSize];
        Assert.True(kem.TryEncapsulate(publicKey, ciphertext, first));
        Assert.True(kem.TryEncapsulate(publicKey, ciphertext, second));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void TryEncapsulate_refuses_a_public_key_with_a_coefficient_of_3329_or_more(string set)
    {
        KemAlgorithm kem = Named(set);
        (byte[] publicKey, _) = NewKeyPair(kem, new ScriptedRandomSource(Bytes(new Random(1), 64)));
        int coefficients = (kem.PublicKeySize - 32) * 8 / 12;
        for (int index = 0; index < coefficients; index++)
        {
            foreach (int value in (int[])[3329, 4095])
            {
                byte[] ciphertext = new byte[kem.CiphertextSize];
                byte[] secret = new byte[kem.SharedSecretSize];
                Assert.False(kem.TryEncapsulate(new ScriptedRandomSource(), WithCoefficient(publicKey, index, value), ciphertext, secret));
                Assert.False(ciphertext.AsSpan().ContainsAnyExcept((byte)0));
                Assert.False(secret.AsSpan().ContainsAnyExcept((byte)0));
            }
        }

        Encapsulate(kem, new ScriptedRandomSource(new byte[32]), WithCoefficient(publicKey, 0, 3328));
        Encapsulate(kem, new ScriptedRandomSource(new byte[32]), WithCoefficient(publicKey, coefficients - 1, 3328));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Buffers_of_a_wrong_size_are_misuse(string set)
    {
        KemAlgorithm kem = Named(set);
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        foreach (int change in (int[])[-1, 1])
        {
            Refused("publicKey", () => kem.GenerateKeyPair(Resized(publicKey, change), secretKey));
            Refused("secretKey", () => kem.GenerateKeyPair(publicKey, Resized(secretKey, change)));
            Refused("publicKey", () => kem.TryEncapsulate(Resized(publicKey, change), ciphertext, secret));
            Refused("ciphertext", () => kem.TryEncapsulate(publicKey, Resized(ciphertext, change), secret));
            Refused("sharedSecret", () => kem.TryEncapsulate(publicKey, ciphertext, Resized(secret, change)));
            Refused("secretKey", () => kem.Decapsulate(Resized(secretKey, change), ciphertext, secret));
            Refused("ciphertext", () => kem.Decapsulate(secretKey, Resized(ciphertext, change), secret));
            Refused("sharedSecret", () => kem.Decapsulate(secretKey, ciphertext, Resized(secret, change)));
        }

        static byte[] Resized(byte[] buffer, int change) => new byte[buffer.Length + change];

        static void Refused(string parameter, Action call) => Assert.Throws<ArgumentException>(parameter, call);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Decapsulate_rejects_every_single_bit_flip_of_a_ciphertext(string set)
    {
        KemAlgorithm kem = Named(set);
        (byte[] publicKey, byte[] secretKey) = NewKeyPair(kem, new ScriptedRandomSource(Bytes(new Random(2), 64)));
        (byte[] ciphertext, _) = Encapsulate(kem, new ScriptedRandomSource(Bytes(new Random(3), 32)), publicKey);
        byte[] secret = new byte[kem.SharedSecretSize];
        for (int bit = 0; bit < 8 * ciphertext.Length; bit++)
        {
            ciphertext[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.False(kem.Decapsulate(secretKey, ciphertext, secret), $"Bit {bit}.");
            Assert.Equal(RejectionSecret(secretKey, ciphertext), secret);
            ciphertext[bit >> 3] ^= (byte)(1 << (bit & 7));
        }

        Assert.True(kem.Decapsulate(secretKey, ciphertext, secret));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Decapsulate_rejects_with_a_secret_key_whose_stored_public_key_or_hash_was_changed(string set)
    {
        KemAlgorithm kem = Named(set);
        (byte[] publicKey, byte[] secretKey) = NewKeyPair(kem, new ScriptedRandomSource(Bytes(new Random(4), 64)));
        (byte[] ciphertext, _) = Encapsulate(kem, new ScriptedRandomSource(Bytes(new Random(5), 32)), publicKey);
        byte[] secret = new byte[kem.SharedSecretSize];
        int publicKeyOffset = kem.SecretKeySize - 64 - kem.PublicKeySize;
        foreach (int position in (int[])[publicKeyOffset, kem.SecretKeySize - 65, kem.SecretKeySize - 64, kem.SecretKeySize - 33])
        {
            secretKey[position] ^= 1;
            Assert.False(kem.Decapsulate(secretKey, ciphertext, secret));
            Assert.Equal(RejectionSecret(secretKey, ciphertext), secret);
            secretKey[position] ^= 1;
        }
    }

    [Fact]
    public void Decapsulate_refuses_a_wrong_stored_hash_even_where_the_ciphertext_was_made_for_it()
    {
        // Only the hash check sees this one: the ciphertext is made with the damaged hash, so that it re-encrypts to itself.
        KemAlgorithm kem = KemAlgorithm.MLKem768;
        MLKemParameters parameters = new(K: 3, Eta1: 2, Eta2: 2, Du: 10, Dv: 4);
        (byte[] publicKey, byte[] secretKey) = NewKeyPair(kem, new ScriptedRandomSource(Bytes(new Random(6), 64)));
        secretKey[^64] ^= 1;
        byte[] input = [.. Bytes(new Random(7), 32), .. secretKey[^64..^32]];
        byte[] output = new byte[64];
        Sha3.HashData512(input, output);
        byte[] ciphertext = new byte[kem.CiphertextSize];
        MLKemWorkspace workspace = new(parameters, KemCore.Fastest, KeccakLanes.Fastest);
        workspace.Core.SampleMatrixAndHash(publicKey, parameters.K, workspace.Matrix, new byte[32]);
        MLKemEncryption.Encrypt(workspace, publicKey, input.AsSpan(0, 32), output.AsSpan(32), ciphertext);

        byte[] secret = new byte[kem.SharedSecretSize];
        Assert.False(kem.Decapsulate(secretKey, ciphertext, secret));
        Assert.Equal(RejectionSecret(secretKey, ciphertext), secret);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void No_operation_allocates(string set)
    {
        KemAlgorithm kem = Named(set);
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        RunAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) RunAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RunAll()
        {
            kem.GenerateKeyPair(publicKey, secretKey);
            kem.TryEncapsulate(publicKey, ciphertext, secret);
            kem.Decapsulate(secretKey, ciphertext, secret);
        }
    }

    internal static KemAlgorithm Named(string set) => set switch
    {
        "ML-KEM-512" => KemAlgorithm.MLKem512,
        "ML-KEM-768" => KemAlgorithm.MLKem768,
        "ML-KEM-1024" => KemAlgorithm.MLKem1024,
        "Kyber-1280" => KemAlgorithm.Kyber1280,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such set."),
    };

    internal static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    internal static (byte[] PublicKey, byte[] SecretKey) NewKeyPair(KemAlgorithm kem, RandomSource random)
    {
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(random, publicKey, secretKey);
        return (publicKey, secretKey);
    }

    internal static (byte[] Ciphertext, byte[] Secret) Encapsulate(KemAlgorithm kem, RandomSource random, byte[] publicKey)
    {
        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        Assert.True(kem.TryEncapsulate(random, publicKey, ciphertext, secret));
        return (ciphertext, secret);
    }

    internal static List<(KemAlgorithm Kem, JsonElement Vector)> Vectors()
    {
        List<(KemAlgorithm, JsonElement)> vectors = [];
        foreach (JsonElement vector in VectorFile.Read("mlkem.json").EnumerateArray())
        {
            KemAlgorithm kem = vector.Text("set") switch
            {
                "S1K2P512" => KemAlgorithm.MLKem512,
                "S3K3P768" => KemAlgorithm.MLKem768,
                "S5K4P1024" => KemAlgorithm.MLKem1024,
                "S6K5P1280" => KemAlgorithm.Kyber1280,
                string set => throw new InvalidDataException($"No set {set}."),
            };
            vectors.Add((kem, vector));
        }

        Assert.Equal(8, vectors.Count);
        return vectors;
    }

    // FIPS 203 §6.3: SHAKE256(z ‖ c).
    private static byte[] RejectionSecret(byte[] secretKey, byte[] ciphertext)
    {
        byte[] secret = new byte[32];
        Sha3.Shake256([.. secretKey[^32..], .. ciphertext], secret);
        return secret;
    }

    private static byte[] WithCoefficient(byte[] publicKey, int index, int value)
    {
        byte[] changed = [.. publicKey];
        int triple = index / 2 * 3;
        if (index % 2 == 0)
        {
            changed[triple] = (byte)(value & 0xFF);
            changed[triple + 1] = (byte)((changed[triple + 1] & 0xF0) | (value >> 8));
        }
        else
        {
            changed[triple + 1] = (byte)((changed[triple + 1] & 0x0F) | ((value & 0x0F) << 4));
            changed[triple + 2] = (byte)(value >> 4);
        }

        return changed;
    }
}
