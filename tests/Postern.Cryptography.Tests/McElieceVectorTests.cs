using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>The recorded keys, ciphertexts and secrets, with words of every width that the processor has.</summary>
public sealed class McElieceVectorTests
{
    private static readonly JsonElement Vectors = VectorFile.Read("mceliece.json");

    public static TheoryData<int, string> Cases =>
        new(from index in Enumerable.Range(0, Vectors.GetArrayLength())
            from path in McElieceModel.Paths
            select (index, path.ToString()));

    [Fact]
    public void There_are_two_vectors_of_every_set()
    {
        string[] names = [.. Vectors.EnumerateArray().Select(vector => vector.Text("standard_name"))];
        Assert.Equal(McEliece.Sets.SelectMany(set => (string[])[set.Name, set.Name]), names, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Keys_ciphertext_and_secrets_equal_the_vector(int index, string path)
    {
        JsonElement vector = Vectors[index];
        KemAlgorithm kem = McEliece.With(
            McEliece.Sets.Single(set => set.Name == vector.Text("standard_name")), Enum.Parse<McEliecePath>(path));
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        ScriptedRandomSource seed = new(vector.Bytes("keygen_rng"));
        kem.GenerateKeyPair(seed, publicKey, secretKey);
        Assert.Equal(0, seed.Remaining);
        AssertKey(vector, "public_key", publicKey);
        AssertKey(vector, "secret_key", secretKey);

        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        ScriptedRandomSource draws = new(
            [.. vector.GetProperty("encaps_rng_calls").EnumerateArray().Select(draw => Convert.FromHexString(draw.GetString()!))]);
        Assert.True(kem.TryEncapsulate(draws, publicKey, ciphertext, secret));
        Assert.Equal(0, draws.Remaining);
        Assert.Equal(vector.Text("ciphertext"), Convert.ToHexStringLower(ciphertext));
        Assert.Equal(vector.Text("shared_secret"), Convert.ToHexStringLower(secret));

        secret.AsSpan().Clear();
        Assert.True(kem.Decapsulate(secretKey, ciphertext, secret));
        Assert.Equal(vector.Text("shared_secret"), Convert.ToHexStringLower(secret));

        Assert.Equal(vector.Text("damaged_c0_secret"), SecretOfDamaged(0));
        Assert.Equal(vector.Text("damaged_c1_secret"), SecretOfDamaged(ciphertext.Length - 1));

        string SecretOfDamaged(int at)
        {
            byte[] damaged = [.. ciphertext];
            damaged[at] ^= 1;
            Assert.False(kem.Decapsulate(secretKey, damaged, secret));
            return Convert.ToHexStringLower(secret);
        }
    }

    private static void AssertKey(JsonElement vector, string name, byte[] key)
    {
        Assert.Equal(vector.Number(name + "_length"), key.Length);
        byte[] digest = new byte[Sha3.DigestSize256];
        Sha3.HashData256(key, digest);
        Assert.Equal(vector.Text(name + "_sha3_256"), Convert.ToHexStringLower(digest));
        if (vector.TryGetProperty(name, out JsonElement full) && full.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(full.GetString(), Convert.ToHexStringLower(key));
        }
    }
}
