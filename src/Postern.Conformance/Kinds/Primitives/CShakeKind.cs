using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>cSHAKE by whole blocks, as the protocols use it, and in one shot. (primitives §3)</summary>
internal sealed class CShakeKind : IVectorKind
{
    private const int NextStateSize = 64;

    public string? Recognise(VectorFile file) => file.Json.HasAnyArray("blocks_interface", "oneshot_interface") ? "cshake" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        checks.Each(file.Json, "blocks_interface", CheckBlocks);
        checks.Each(file.Json, "oneshot_interface", CheckOneShot);
    }

    private static void CheckBlocks(JsonElement vector)
    {
        int rate = SpongeRate.Of(vector);
        int size = rate * vector.Size("blocks");
        Expect.True("too many blocks", size <= VectorJson.MaxOutputSize);

        // One permutation more gives the next bytes of the stream. (primitives §2)
        byte[] output = new byte[size + NextStateSize];
        CShake.Derive(rate, vector.Bytes("N"), vector.Bytes("S"), vector.Bytes("X"), output);
        Expect.Equal("output", vector.Bytes("output"), output.AsSpan(0, size));
        Expect.Equal("state after one more permutation", vector.Bytes("state_after_one_more_permutation_first64"), output.AsSpan(size));
    }

    private static void CheckOneShot(JsonElement vector)
    {
        int rate = SpongeRate.Of(vector);
        byte[] name = vector.Bytes("N");
        byte[] customization = vector.Bytes("S");
        byte[] output = new byte[vector.Size("outlen")];
        if (name.Length == 0 && customization.Length == 0)
        {
            // Only this interface follows NIST where both are empty: plain SHAKE.
            KeccakSponge shake = new(rate, KeccakSponge.ShakeDomain);
            shake.Absorb(vector.Bytes("X"));
            shake.Squeeze(output);
        }
        else
        {
            CShake.Derive(rate, name, customization, vector.Bytes("X"), output);
        }

        Expect.Equal("output", vector.Bytes("output"), output);
    }
}
