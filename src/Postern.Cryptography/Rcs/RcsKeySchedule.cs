using System.Diagnostics;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>From the key to the round keys and the MAC key (primitives §5.1).</summary>
internal static class RcsKeySchedule
{
    /// <summary>Writes the round keys, one 32-byte key after another, and the MAC key.</summary>
    public static void Derive(
        RcsParameters parameters, ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, Span<byte> roundKeys, Span<byte> macKey)
    {
        Debug.Assert(roundKeys.Length == parameters.RoundKeysSize && macKey.Length == parameters.MacKeySize, "Sizes of the strength.");
        KeccakSponge sponge = CShake.Start(parameters.Rate, parameters.KeyScheduleName, info, key);
        sponge.Squeeze(roundKeys);

        // The MAC key starts at the next whole block of the stream.
        Span<byte> skipped = stackalloc byte[(parameters.Rate - (roundKeys.Length % parameters.Rate)) % parameters.Rate];
        sponge.Squeeze(skipped);
        sponge.Squeeze(macKey);
        sponge.Clear();
        CryptographicOperations.ZeroMemory(skipped);
    }
}
