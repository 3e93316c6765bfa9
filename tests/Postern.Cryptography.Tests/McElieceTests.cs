namespace Postern.Cryptography.Tests;

public sealed class McElieceTests
{
    private static readonly Dictionary<string, (byte[] PublicKey, byte[] SecretKey)> Keys = new(
        McEliece.Sets.Select(set => KeyValuePair.Create(set.Name, MakeKeys(Named(set.Name)))), StringComparer.Ordinal);

    public static TheoryData<string> Sets => new(McEliece.Sets.Select(set => set.Name));

    [Fact]
    public void Sizes_are_those_of_the_specification()
    {
        // primitives §9, the table.
        Assert.Equal((261120, 6492, 128, 32), SizesOf(KemAlgorithm.McEliece348864));
        Assert.Equal((524160, 13608, 188, 32), SizesOf(KemAlgorithm.McEliece460896));
        Assert.Equal((1044992, 13932, 240, 32), SizesOf(KemAlgorithm.McEliece6688128));
        Assert.Equal((1047319, 13948, 226, 32), SizesOf(KemAlgorithm.McEliece6960119));
        Assert.Equal((1357824, 14120, 240, 32), SizesOf(KemAlgorithm.McEliece8192128));
        Assert.Equal([96, 156, 208, 194, 208], McEliece.Sets.Select(set => set.SyndromeSize));

        static (int PublicKey, int SecretKey, int Ciphertext, int Secret) SizesOf(KemAlgorithm kem) =>
            (kem.PublicKeySize, kem.SecretKeySize, kem.CiphertextSize, kem.SharedSecretSize);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Decapsulate_recovers_what_TryEncapsulate_made_whichever_width_either_side_uses(string set)
    {
        McElieceParameters parameters = ParametersOf(set);
        (byte[] publicKey, byte[] secretKey) = Keys[set];
        for (int i = 0; i < 12; i++)
        {
            KemAlgorithm sender = McEliece.With(parameters, McElieceModel.Paths[i % McElieceModel.Paths.Count]);
            byte[] ciphertext = new byte[sender.CiphertextSize];
            byte[] secret = new byte[sender.SharedSecretSize];
            Assert.True(sender.TryEncapsulate(new SeededRandomSource(i), publicKey, ciphertext, secret));
            foreach (McEliecePath path in McElieceModel.Paths)
            {
                byte[] recovered = new byte[sender.SharedSecretSize];
                Assert.True(McEliece.With(parameters, path).Decapsulate(secretKey, ciphertext, recovered));
                Assert.Equal(secret, recovered);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_systems_randomness_makes_another_secret_every_time(string set)
    {
        KemAlgorithm kem = Named(set);
        byte[] first = new byte[kem.SharedSecretSize];
        byte[] second = new byte[kem.SharedSecretSize];
        Assert.True(kem.TryEncapsulate(Keys[set].PublicKey, new byte[kem.CiphertextSize], first));
        Assert.True(kem.TryEncapsulate(Keys[set].PublicKey, new byte[kem.CiphertextSize], second));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_systems_randomness_makes_another_key_every_time()
    {
        KemAlgorithm kem = KemAlgorithm.McEliece348864;
        byte[] first = new byte[kem.SecretKeySize];
        byte[] second = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(new byte[kem.PublicKeySize], first);
        kem.GenerateKeyPair(new byte[kem.PublicKeySize], second);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Encapsulation_is_the_syndrome_of_the_error_vector_and_its_hashes(string set)
    {
        McElieceParameters parameters = ParametersOf(set);
        byte[] publicKey = Keys[set].PublicKey;
        byte[] error = new byte[parameters.ErrorSize];
        ErrorVector.Draw(parameters, new SeededRandomSource(5), error);
        byte[] c0 = McElieceModel.Syndrome(parameters, publicKey, error);
        byte[] c1 = McElieceModel.Hash(2, error);
        foreach (McEliecePath path in McElieceModel.Paths)
        {
            byte[] ciphertext = new byte[parameters.CiphertextSize];
            byte[] secret = new byte[32];
            Assert.True(McEliece.With(parameters, path).TryEncapsulate(new SeededRandomSource(5), publicKey, ciphertext, secret));
            Assert.Equal([.. c0, .. c1], ciphertext);
            Assert.Equal(McElieceModel.Hash(1, error, c0, c1), secret);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_ciphertext_with_any_damage_gets_the_rejection_secret(string set)
    {
        McElieceParameters parameters = ParametersOf(set);
        (byte[] publicKey, byte[] secretKey) = Keys[set];
        byte[] ciphertext = new byte[parameters.CiphertextSize];
        byte[] secret = new byte[32];
        Assert.True(Named(set).TryEncapsulate(new SeededRandomSource(1), publicKey, ciphertext, secret));
        Random random = new(9);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. ciphertext];
            int bit = random.Next(2) == 0 ? random.Next(parameters.Rows) : (8 * parameters.SyndromeSize) + random.Next(256);
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRejected(parameters, secretKey, damaged);
        }

        AssertRejected(parameters, secretKey, new byte[parameters.CiphertextSize]);
        byte[] noise = MLKemTests.Bytes(random, parameters.CiphertextSize);
        noise[parameters.SyndromeSize - 1] &= (byte)((1 << (((parameters.Rows - 1) % 8) + 1)) - 1);
        AssertRejected(parameters, secretKey, noise);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void An_error_vector_of_another_weight_is_rejected_although_its_hash_is_right(string set)
    {
        McElieceParameters parameters = ParametersOf(set);
        (byte[] publicKey, byte[] secretKey) = Keys[set];
        foreach (int weight in (int[])[0, 1, parameters.T - 1, parameters.T + 1])
        {
            byte[] error = McElieceModel.Error(parameters, weight, new Random(weight));
            AssertRejected(
                parameters, secretKey, [.. McElieceModel.Syndrome(parameters, publicKey, error), .. McElieceModel.Hash(2, error)]);
        }

        byte[] right = McElieceModel.Error(parameters, parameters.T, new Random(3));
        byte[] ciphertext = [.. McElieceModel.Syndrome(parameters, publicKey, right), .. McElieceModel.Hash(2, right)];
        Assert.True(Named(set).Decapsulate(secretKey, ciphertext, new byte[32]));
    }

    [Fact]
    public void Spare_bits_of_a_6960119_ciphertext_give_a_secret_of_ones()
    {
        KemAlgorithm kem = KemAlgorithm.McEliece6960119;
        (byte[] publicKey, byte[] secretKey) = Keys[kem.Name];
        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        Assert.True(kem.TryEncapsulate(new SeededRandomSource(2), publicKey, ciphertext, secret));
        for (int bit = 3; bit < 8; bit++)
        {
            byte[] damaged = [.. ciphertext];
            damaged[193] ^= (byte)(1 << bit);
            Assert.False(kem.Decapsulate(secretKey, damaged, secret));
            Assert.All(secret, value => Assert.Equal(0xFF, value));
        }
    }

    [Fact]
    public void Spare_bits_of_a_6960119_public_key_are_refused_and_nothing_is_written()
    {
        KemAlgorithm kem = KemAlgorithm.McEliece6960119;
        foreach (int row in (int[])[0, 700, 1546])
        {
            for (int bit = 5; bit < 8; bit++)
            {
                byte[] publicKey = [.. Keys[kem.Name].PublicKey];
                publicKey[(row * 677) + 676] ^= (byte)(1 << bit);
                byte[] ciphertext = new byte[kem.CiphertextSize];
                byte[] secret = new byte[kem.SharedSecretSize];
                Assert.False(kem.TryEncapsulate(new ScriptedRandomSource(), publicKey, ciphertext, secret));
                Assert.False(ciphertext.AsSpan().ContainsAnyExcept((byte)0));
                Assert.False(secret.AsSpan().ContainsAnyExcept((byte)0));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_secret_key_of_noise_rejects_and_does_not_throw(string set)
    {
        McElieceParameters parameters = ParametersOf(set);
        byte[] secretKey = MLKemTests.Bytes(new Random(4), parameters.SecretKeySize);
        byte[] ciphertext = new byte[parameters.CiphertextSize];
        Assert.True(Named(set).TryEncapsulate(new SeededRandomSource(1), Keys[set].PublicKey, ciphertext, new byte[32]));
        AssertRejected(parameters, secretKey, ciphertext);
        AssertRejected(parameters, new byte[parameters.SecretKeySize], ciphertext);
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
    public void Encapsulation_and_decapsulation_do_not_allocate(string set)
    {
        KemAlgorithm kem = Named(set);
        (byte[] publicKey, byte[] secretKey) = Keys[set];
        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];

        // The pool of arrays lets go of some when the collector runs: the least of a few attempts counts.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            RunBoth();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5; i++) RunBoth();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void RunBoth()
        {
            kem.TryEncapsulate(publicKey, ciphertext, secret);
            kem.Decapsulate(secretKey, ciphertext, secret);
        }
    }

    internal static McElieceParameters ParametersOf(string set) => McEliece.Sets.Single(parameters => parameters.Name == set);

    private static KemAlgorithm Named(string set) => set switch
    {
        "mceliece348864" => KemAlgorithm.McEliece348864,
        "mceliece460896" => KemAlgorithm.McEliece460896,
        "mceliece6688128" => KemAlgorithm.McEliece6688128,
        "mceliece6960119" => KemAlgorithm.McEliece6960119,
        "mceliece8192128" => KemAlgorithm.McEliece8192128,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "Not a set of Classic McEliece."),
    };

    private static (byte[] PublicKey, byte[] SecretKey) MakeKeys(KemAlgorithm kem)
    {
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(new SeededRandomSource(11), publicKey, secretKey);
        return (publicKey, secretKey);
    }

    private static void AssertRejected(McElieceParameters parameters, byte[] secretKey, byte[] ciphertext)
    {
        byte[] expected = McElieceModel.Hash(0, secretKey[^parameters.ErrorSize..], ciphertext);
        foreach (McEliecePath path in McElieceModel.Paths)
        {
            byte[] secret = new byte[32];
            Assert.False(McEliece.With(parameters, path).Decapsulate(secretKey, ciphertext, secret));
            Assert.Equal(expected, secret);
        }
    }
}
