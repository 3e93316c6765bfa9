using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// KMAC (SP 800-185 §4) at rates 136 and 72, as the reference library computes it (primitives §4): a state that is keyed once and
/// authenticates message after message, each tag depending on all messages before. The state between two messages is the 25 lanes
/// alone.
/// </summary>
internal static class Kmac
{
    private static ReadOnlySpan<byte> FunctionName => "KMAC"u8;

    /// <summary>Makes the state of KMAC with this key and customization, before its first message.</summary>
    public static void Start(int rate, ReadOnlySpan<byte> key, ReadOnlySpan<byte> customization, ref KeccakState state)
    {
        Debug.Assert(rate is KeccakRate.Bits256 or KeccakRate.Bits512, "KMAC256 and KMAC-512 only.");

        // bytepad(encode_string("KMAC") || encode_string(S), rate)
        state = CShake.Start(rate, FunctionName, customization, []).State;

        // bytepad(encode_string(K), rate)
        Span<byte> encoded = stackalloc byte[StringEncoding.MaxIntegerSize];
        KmacMessage keyBlock = new(ref state, rate);
        keyBlock.Absorb(encoded[..StringEncoding.LeftEncode((ulong)rate, encoded)]);
        keyBlock.Absorb(encoded[..StringEncoding.LeftEncode((ulong)key.Length * 8, encoded)]);
        keyBlock.Absorb(key);
        keyBlock.PadToBlock();
    }
}
