using System.Text.Json;

namespace Postern.Cryptography.Tests;

public sealed class SlhDsaTests
{
    public static TheoryData<string> Sets => ["SLH-DSA-SHAKE-128s", "SLH-DSA-SHAKE-192s", "SLH-DSA-SHAKE-256s"];

    public static TheoryData<string, string> SetsAndPaths { get; } = MakeSetsAndPaths();

    [Theory]
    [MemberData(nameof(SetsAndPaths))]
    public void Keys_and_signatures_equal_every_vector_on_every_path(string set, string path)
    {
        SlhDsa algorithm = new(SlhDsaSamples.FindParameters(set), Enum.Parse<KeccakLanesPath>(path));
        List<JsonElement> vectors = SlhDsaSamples.Vectors(set);
        Assert.Equal(2, vectors.Count);
        foreach (JsonElement vector in vectors)
        {
            var (verificationKey, signingKey) = SlhDsaSamples.KeyPair(algorithm, vector.Bytes("keygen_rng"));
            Assert.Equal(vector.Text("public_key"), Convert.ToHexStringLower(verificationKey));
            Assert.Equal(vector.Text("secret_key"), Convert.ToHexStringLower(signingKey));

            byte[] message = vector.Bytes("message");
            byte[] signature = SlhDsaSamples.Sign(algorithm, signingKey, message, vector.Bytes("sign_rng"));
            Assert.Equal(vector.Text("signed_message"), Convert.ToHexStringLower([.. signature, .. message]));
            Assert.True(algorithm.Verify(verificationKey, message, signature));
        }
    }

    [Fact]
    public void Sizes_and_names_are_those_of_the_standard()
    {
        // FIPS 205 table 2: public key, signature; the private key is twice the public one.
        Assert.Equal(("SLH-DSA-SHAKE-128s", 32, 64, 7856), SizesOf(SignatureAlgorithm.SlhDsaShake128s));
        Assert.Equal(("SLH-DSA-SHAKE-192s", 48, 96, 16224), SizesOf(SignatureAlgorithm.SlhDsaShake192s));
        Assert.Equal(("SLH-DSA-SHAKE-256s", 64, 128, 29792), SizesOf(SignatureAlgorithm.SlhDsaShake256s));
        Assert.Equal([30, 39, 47], new[] { SlhDsaParameters.Shake128s, SlhDsaParameters.Shake192s, SlhDsaParameters.Shake256s }.Select(p => p.DigestSize));

        static (string Name, int PublicKey, int SecretKey, int Signature) SizesOf(SignatureAlgorithm algorithm) =>
            (algorithm.Name, algorithm.VerificationKeySize, algorithm.SigningKeySize, algorithm.SignatureSize);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_change_of_any_node_of_a_signature_is_refused(string set)
    {
        SignatureAlgorithm algorithm = SlhDsaSamples.Find(set);
        int n = algorithm.VerificationKeySize / 2;
        var (verificationKey, message, signature) = SlhDsaSamples.Signed(SlhDsaSamples.Vectors(set)[0]);
        Assert.True(algorithm.Verify(verificationKey, message, signature));
        Random random = new(n);

        // The randomizer, each secret leaf and path node of the forest, each chain and path node of each layer.
        for (int node = 0; node < signature.Length; node += n)
        {
            int bit = random.Next(8 * n);
            signature[node + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.False(algorithm.Verify(verificationKey, message, signature), $"Node at {node}, bit {bit}.");
            signature[node + (bit / 8)] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(algorithm.Verify(verificationKey, message, signature));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Any_other_key_or_message_is_refused(string set)
    {
        SignatureAlgorithm algorithm = SlhDsaSamples.Find(set);
        List<JsonElement> vectors = SlhDsaSamples.Vectors(set);
        var (verificationKey, message, signature) = SlhDsaSamples.Signed(vectors[0]);
        var (otherKey, otherMessage, otherSignature) = SlhDsaSamples.Signed(vectors[1]);
        Assert.False(algorithm.Verify(otherKey, message, signature));
        Assert.False(algorithm.Verify(verificationKey, otherMessage, signature));
        Assert.False(algorithm.Verify(verificationKey, message, otherSignature));
        Assert.False(algorithm.Verify(verificationKey, message.AsSpan(1), signature));
        Assert.False(algorithm.Verify(verificationKey, [.. message, 0], signature));
        Assert.False(algorithm.Verify(verificationKey, [], signature));
        for (int i = 0; i < verificationKey.Length; i++)
        {
            verificationKey[i] ^= 0x10;
            Assert.False(algorithm.Verify(verificationKey, message, signature));
            verificationKey[i] ^= 0x10;
        }

        for (int i = 0; i < message.Length; i++)
        {
            message[i] ^= 1;
            Assert.False(algorithm.Verify(verificationKey, message, signature));
            message[i] ^= 1;
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Buffers_of_another_size_are_misuse(string set)
    {
        SignatureAlgorithm algorithm = SlhDsaSamples.Find(set);
        foreach (int difference in (int[])[-1, 1])
        {
            byte[] key = new byte[algorithm.VerificationKeySize];
            byte[] secret = new byte[algorithm.SigningKeySize];
            byte[] signature = new byte[algorithm.SignatureSize];
            Assert.Throws<ArgumentException>(() => algorithm.GenerateKeyPair(new byte[key.Length + difference], secret));
            Assert.Throws<ArgumentException>(() => algorithm.GenerateKeyPair(key, new byte[secret.Length + difference]));
            Assert.Throws<ArgumentException>(() => algorithm.Sign(new byte[secret.Length + difference], [], signature));
            Assert.Throws<ArgumentException>(() => algorithm.Sign(secret, [], new byte[signature.Length + difference]));
            Assert.Throws<ArgumentException>(() => algorithm.Verify(new byte[key.Length + difference], [], signature));
            Assert.Throws<ArgumentException>(() => algorithm.Verify(key, [], new byte[signature.Length + difference]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hedged_signatures_differ_and_verify_and_signing_allocates_nothing(bool isRound3)
    {
        SignatureAlgorithm algorithm = isRound3 ? SignatureAlgorithm.SphincsPlusRound3Shake128sRobust : SignatureAlgorithm.SlhDsaShake128s;
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        algorithm.GenerateKeyPair(verificationKey, signingKey);
        byte[] first = new byte[algorithm.SignatureSize];
        byte[] second = new byte[algorithm.SignatureSize];
        algorithm.Sign(signingKey, [1, 2, 3], first);
        long before = GC.GetAllocatedBytesForCurrentThread();
        algorithm.Sign(signingKey, [1, 2, 3], second);
        bool verified = algorithm.Verify(verificationKey, [1, 2, 3], second);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(verified);
        Assert.NotEqual(first, second);
        Assert.True(algorithm.Verify(verificationKey, [1, 2, 3], first));
    }

    [Fact]
    public async Task Signatures_made_at_the_same_time_do_not_disturb_each_other()
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.SlhDsaShake128s;
        await Task.WhenAll(SlhDsaSamples.Vectors(algorithm.Name).Concat(SlhDsaSamples.Vectors(algorithm.Name)).Select(vector => Task.Run(() =>
        {
            byte[] message = vector.Bytes("message");
            byte[] signature = SlhDsaSamples.Sign(algorithm, vector.Bytes("secret_key"), message, vector.Bytes("sign_rng"));
            Assert.Equal(vector.Text("signed_message"), Convert.ToHexStringLower([.. signature, .. message]));
        })));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_workspace_that_was_cleared_holds_nothing_of_the_key(bool isRound3)
    {
        SlhDsaWorkspace workspace = new(isRound3 ? SlhDsaParameters.Round3Shake128s : SlhDsaParameters.Shake128s, KeccakLanes.Fastest);
        byte[] seed = [.. Enumerable.Repeat((byte)0x5A, 16)];
        workspace.Start(seed, seed);
        SlhDsaHypertree.MakeRoot(workspace, new byte[16]);
        Assert.All(Secrets(), words => Assert.Contains(words, word => word != 0));
        workspace.Clear();
        Assert.All(Secrets(), words => Assert.DoesNotContain(words, word => word != 0));

        ulong[][] Secrets() =>
        [
            workspace.Prf.Memory.ToArray(),
            workspace.Single.Memory.ToArray(),
            workspace.Pair.Memory.ToArray(),
            workspace.Output.Memory.ToArray(),
            workspace.Waiting(0).ToArray(),
        ];
    }

    private static TheoryData<string, string> MakeSetsAndPaths()
    {
        TheoryData<string, string> data = [];
        foreach (KeccakLanesPath path in Enum.GetValues<KeccakLanesPath>().Where(KeccakLanes.IsSupported))
        {
            foreach (string set in (string[])["SLH-DSA-SHAKE-128s", "SLH-DSA-SHAKE-192s", "SLH-DSA-SHAKE-256s"]) data.Add(set, path.ToString());
        }

        return data;
    }
}
