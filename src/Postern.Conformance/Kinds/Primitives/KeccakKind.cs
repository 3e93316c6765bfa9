using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>The permutation, SHA3 and SHAKE. (primitives §2)</summary>
internal sealed class KeccakKind : IVectorKind
{
    private const int MaxRounds = 24;

    public string? Recognise(VectorFile file) =>
        file.Json.HasAnyArray("keccak_f1600", "sha3_256", "sha3_512", "shake256") ? "keccak" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        checks.Each(file.Json, "keccak_f1600", CheckPermutation);
        checks.Each(file.Json, "sha3_256", vector => CheckDigest(vector, Sha3.DigestSize256, Sha3.HashData256));
        checks.Each(file.Json, "sha3_512", vector => CheckDigest(vector, Sha3.DigestSize512, Sha3.HashData512));
        checks.Each(file.Json, "shake256", CheckShake);
    }

    private static void CheckPermutation(JsonElement vector)
    {
        int rounds = vector.Number("rounds");
        Expect.True($"{rounds} rounds, not 1 to {MaxRounds}", rounds is > 0 and <= MaxRounds);
        byte[] bytes = vector.Bytes("in");
        Expect.Equal("size of 'in'", KeccakState.SizeInBytes, bytes.Length);
        KeccakState state = default;
        state.Xor(0, bytes);
        KeccakPermutation.Permute(ref state, rounds);
        state.CopyTo(0, bytes);
        Expect.Equal("out", vector.Bytes("out"), bytes);
    }

    private static void CheckDigest(JsonElement vector, int size, HashFunction hash)
    {
        byte[] digest = new byte[size];
        hash(vector.Bytes("msg"), digest);
        Expect.Equal("digest", vector.Bytes("digest"), digest);
    }

    private static void CheckShake(JsonElement vector)
    {
        byte[] output = new byte[vector.Size("outlen")];
        Sha3.Shake256(vector.Bytes("msg"), output);
        Expect.Equal("out", vector.Bytes("out"), output);
    }

    private delegate void HashFunction(ReadOnlySpan<byte> data, Span<byte> digest);
}
