using System.Text.Json;

namespace Postern.Cryptography.Tests;

public sealed class KeccakTests
{
    [Fact]
    public void All_paths_permute_alike_for_every_number_of_rounds()
    {
        Random random = new(9);
        foreach (KeccakPath path in Enum.GetValues<KeccakPath>().Where(KeccakPermutation.IsSupported))
        {
            for (int rounds = 2; rounds <= KeccakPermutation.StandardRounds; rounds += 2)
            {
                for (int i = 0; i < 50; i++)
                {
                    KeccakState expected = default;
                    expected.Xor(0, MLKemTests.Bytes(random, KeccakState.SizeInBytes));
                    KeccakState actual = expected;
                    KeccakPermutation.Permute(KeccakPath.Scalar, ref expected, rounds);
                    KeccakPermutation.Permute(path, ref actual, rounds);
                    Assert.Equal(((ReadOnlySpan<ulong>)expected).ToArray(), ((ReadOnlySpan<ulong>)actual).ToArray());
                }
            }
        }
    }

    [Fact]
    public void Permutation_equals_every_vector()
    {
        foreach (JsonElement vector in VectorFile.Read("keccak.json").GetProperty("keccak_f1600").EnumerateArray())
        {
            foreach (KeccakPath path in Enum.GetValues<KeccakPath>().Where(KeccakPermutation.IsSupported))
            {
                KeccakState state = default;
                state.Xor(0, vector.Bytes("in"));
                KeccakPermutation.Permute(path, ref state, vector.Number("rounds"));
                byte[] output = new byte[KeccakState.SizeInBytes];
                state.CopyTo(0, output);
                Assert.Equal(vector.Text("out"), Convert.ToHexStringLower(output));
            }
        }
    }

    [Fact]
    public void Sha3_equals_every_vector()
    {
        JsonElement file = VectorFile.Read("keccak.json");
        foreach (JsonElement vector in file.GetProperty("sha3_256").EnumerateArray())
        {
            byte[] digest = new byte[Sha3.DigestSize256];
            Sha3.HashData256(vector.Bytes("msg"), digest);
            Assert.Equal(vector.Text("digest"), Convert.ToHexStringLower(digest));
        }

        foreach (JsonElement vector in file.GetProperty("sha3_512").EnumerateArray())
        {
            byte[] digest = new byte[Sha3.DigestSize512];
            Sha3.HashData512(vector.Bytes("msg"), digest);
            Assert.Equal(vector.Text("digest"), Convert.ToHexStringLower(digest));
        }
    }

    [Fact]
    public void Shake256_equals_every_vector()
    {
        foreach (JsonElement vector in VectorFile.Read("keccak.json").GetProperty("shake256").EnumerateArray())
        {
            byte[] output = new byte[vector.Number("outlen")];
            Sha3.Shake256(vector.Bytes("msg"), output);
            Assert.Equal(vector.Text("out"), Convert.ToHexStringLower(output));
        }
    }

    [Fact]
    public void Shake128_equals_the_standards_example()
    {
        // FIPS 202, SHAKE128 of the empty message, first 32 bytes.
        byte[] output = new byte[32];
        Sha3.Shake128([], output);
        Assert.Equal("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26", Convert.ToHexStringLower(output));
    }

    [Fact]
    public void Absorbing_in_any_split_gives_the_same_digest()
    {
        byte[] message = new byte[500];
        new Random(1).NextBytes(message);
        byte[] expected = new byte[32];
        Sha3.HashData256(message, expected);
        for (int first = 0; first <= message.Length; first++)
        {
            KeccakSponge sponge = KeccakSponge.Sha3_256();
            sponge.Absorb(message.AsSpan(0, first));
            sponge.Absorb(message.AsSpan(first));
            byte[] digest = new byte[32];
            sponge.Squeeze(digest);
            Assert.Equal(expected, digest);
        }
    }

    [Fact]
    public void CShake_equals_every_vector_of_the_blocks_interface()
    {
        foreach (JsonElement vector in VectorFile.Read("cshake.json").GetProperty("blocks_interface").EnumerateArray())
        {
            byte[] expected = vector.Bytes("output");
            byte[] next = vector.Bytes("state_after_one_more_permutation_first64");
            byte[] output = new byte[expected.Length + next.Length];
            CShake.Derive(vector.Number("rate"), vector.Bytes("N"), vector.Bytes("S"), vector.Bytes("X"), output);
            Assert.Equal(expected, output[..expected.Length]);
            Assert.Equal(next, output[expected.Length..]);
        }
    }

    [Fact]
    public void CShake_equals_every_vector_of_the_oneshot_interface_that_has_a_name_or_customization()
    {
        int compared = 0;
        foreach (JsonElement vector in VectorFile.Read("cshake.json").GetProperty("oneshot_interface").EnumerateArray())
        {
            byte[] output = new byte[vector.Number("outlen")];
            if (vector.Text("N").Length == 0 && vector.Text("S").Length == 0)
            {
                KeccakSponge shake = new(vector.Number("rate"), KeccakSponge.ShakeDomain);
                shake.Absorb(vector.Bytes("X"));
                shake.Squeeze(output);
            }
            else
            {
                CShake.Derive(vector.Number("rate"), vector.Bytes("N"), vector.Bytes("S"), vector.Bytes("X"), output);
            }

            Assert.Equal(vector.Text("output"), Convert.ToHexStringLower(output));
            compared++;
        }

        Assert.True(compared > 0);
    }
}
