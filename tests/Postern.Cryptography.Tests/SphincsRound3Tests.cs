namespace Postern.Cryptography.Tests;

/// <summary>SPHINCS+ round 3, the form before FIPS 205.</summary>
public sealed class SphincsRound3Tests
{
    public static TheoryData<int> Sets => SphincsRound3Sample.Sets;

    public static TheoryData<int, string> SetsAndPaths { get; } = MakeSetsAndPaths();

    [Theory]
    [MemberData(nameof(SetsAndPaths))]
    public void Signatures_are_the_models_on_every_path(int set, string path)
    {
        var (parameters, model) = set switch
        {
            128 => (SlhDsaParameters.Round3Shake128s, new SphincsRound3Model(16, 7, 9, 12, 14)),
            192 => (SlhDsaParameters.Round3Shake192s, new SphincsRound3Model(24, 7, 9, 14, 17)),
            _ => (SlhDsaParameters.Round3Shake256s, new SphincsRound3Model(32, 8, 8, 14, 22)),
        };
        SlhDsa algorithm = new(parameters, Enum.Parse<KeccakLanesPath>(path));
        SphincsRound3Sample sample = SphincsRound3Sample.Make(algorithm);
        model.AssertSigned(sample.SigningKey, sample.Randomness, sample.Message, sample.Signature);
        Assert.True(algorithm.Verify(sample.VerificationKey, sample.Message, sample.Signature));
    }

    [Fact]
    public void A_key_and_a_signature_are_those_that_the_npm_package_makes()
    {
        // Recorded from sphincs 3.0.4: key seeds 00 01 … 5F, randomness C8 C9 … E7, message "hello".
        SignatureAlgorithm algorithm = SignatureAlgorithm.SphincsPlusRound3Shake256sRobust;
        byte[] seeds = [.. Enumerable.Range(0, 96).Select(value => (byte)value)];
        byte[] randomness = [.. Enumerable.Range(200, 32).Select(value => (byte)value)];
        var (verificationKey, signingKey) = SlhDsaSamples.KeyPair(algorithm, seeds);
        Assert.Equal("ec306f05851453fe2ff5021eb597a1a821cd38bc7660bd85f2fb7202bf001846", Convert.ToHexStringLower(verificationKey.AsSpan(32)));
        byte[] signature = SlhDsaSamples.Sign(algorithm, signingKey, "hello"u8.ToArray(), randomness);
        byte[] digest = new byte[32];
        Sha3.HashData256(signature, digest);
        Assert.Equal("49870d34063742f31cf5111d52c9dd8b80d767b65e8c2f9a49a7f1d675e28f2d", Convert.ToHexStringLower(digest));
        Assert.True(algorithm.Verify(verificationKey, "hello"u8, signature));
    }

    [Fact]
    public void Names_say_what_it_is_and_sizes_are_those_of_the_standard()
    {
        (SignatureAlgorithm Round3, SignatureAlgorithm Fips, string Name)[] sets =
        [
            (SignatureAlgorithm.SphincsPlusRound3Shake128sRobust, SignatureAlgorithm.SlhDsaShake128s, "SPHINCS+-SHAKE256-128s-robust (round 3)"),
            (SignatureAlgorithm.SphincsPlusRound3Shake192sRobust, SignatureAlgorithm.SlhDsaShake192s, "SPHINCS+-SHAKE256-192s-robust (round 3)"),
            (SignatureAlgorithm.SphincsPlusRound3Shake256sRobust, SignatureAlgorithm.SlhDsaShake256s, "SPHINCS+-SHAKE256-256s-robust (round 3)"),
        ];
        foreach (var (round3, fips, name) in sets)
        {
            Assert.Equal(name, round3.Name);
            Assert.Equal("SPHINCS+ round 3, not FIPS 205", round3.Standard);
            Assert.Equal("FIPS 205", fips.Standard);
            Assert.Equal(fips.VerificationKeySize, round3.VerificationKeySize);
            Assert.Equal(fips.SigningKeySize, round3.SigningKeySize);
            Assert.Equal(fips.SignatureSize, round3.SignatureSize);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Neither_form_takes_the_others_signatures(int set)
    {
        SignatureAlgorithm round3 = SphincsRound3Sample.Find(set);
        SignatureAlgorithm fips = SlhDsaSamples.Find($"SLH-DSA-SHAKE-{set}s");
        SphincsRound3Sample ours = SphincsRound3Sample.Of(set);
        SphincsRound3Sample others = SphincsRound3Sample.Make(fips);
        Assert.Equal(others.SigningKey[..^(set / 8)], ours.SigningKey[..^(set / 8)]);
        Assert.NotEqual(others.VerificationKey, ours.VerificationKey);
        foreach (byte[] key in (byte[][])[ours.VerificationKey, others.VerificationKey])
        {
            Assert.False(fips.Verify(key, ours.Message, ours.Signature));
            Assert.False(round3.Verify(key, others.Message, others.Signature));
        }

        // The same randomness gives another R: the standard hashes two bytes before the message.
        Assert.NotEqual(others.Signature[..(set / 8)], ours.Signature[..(set / 8)]);
        Assert.True(fips.Verify(others.VerificationKey, others.Message, others.Signature));
        Assert.True(round3.Verify(ours.VerificationKey, ours.Message, ours.Signature));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_change_of_any_node_of_a_signature_is_refused(int set)
    {
        SignatureAlgorithm algorithm = SphincsRound3Sample.Find(set);
        SphincsRound3Sample sample = SphincsRound3Sample.Of(set);
        byte[] signature = [.. sample.Signature];
        Random random = new(set);
        for (int node = 0; node < signature.Length; node += set / 8)
        {
            int bit = random.Next(set);
            signature[node + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.False(algorithm.Verify(sample.VerificationKey, sample.Message, signature), $"Node at {node}, bit {bit}.");
            signature[node + (bit / 8)] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(algorithm.Verify(sample.VerificationKey, sample.Message, signature));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Any_other_key_or_message_is_refused(int set)
    {
        SignatureAlgorithm algorithm = SphincsRound3Sample.Find(set);
        SphincsRound3Sample sample = SphincsRound3Sample.Of(set);
        Assert.False(algorithm.Verify(sample.VerificationKey, sample.Message.AsSpan(1), sample.Signature));
        Assert.False(algorithm.Verify(sample.VerificationKey, [.. sample.Message, 0], sample.Signature));
        Assert.False(algorithm.Verify(sample.VerificationKey, [0, 0, .. sample.Message], sample.Signature));
        for (int i = 0; i < sample.VerificationKey.Length; i++)
        {
            byte[] key = [.. sample.VerificationKey];
            key[i] ^= 0x10;
            Assert.False(algorithm.Verify(key, sample.Message, sample.Signature));
        }
    }

    private static TheoryData<int, string> MakeSetsAndPaths()
    {
        TheoryData<int, string> data = [];
        foreach (KeccakLanesPath path in Enum.GetValues<KeccakLanesPath>().Where(KeccakLanes.IsSupported))
        {
            foreach (int set in (int[])[128, 192, 256]) data.Add(set, path.ToString());
        }

        return data;
    }
}
