using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// KMAC (SP 800-185 §4) at rates 136 and 72, as the reference library computes it (primitives §4): a state that is keyed once and
/// authenticates message after message, each tag depending on all messages before. The state between two messages is the 25 lanes
/// alone.
/// </summary>
internal static class Kmac
{
    /// <summary>Rounds of KMAC-R12, the reference's form with a weaker permutation (primitives §5.8).</summary>
    public const int ReducedRounds = 12;

    /// <summary>Makes the state of KMAC with this key and customization, before its first message.</summary>
    /// <param name="rate">136 or 72.</param>
    /// <param name="key">The key; may be empty.</param>
    /// <param name="customization">S; may be empty.</param>
    /// <param name="state">Gets the state.</param>
    /// <param name="rounds">24, or <see cref="ReducedRounds"/>, which has a function name of its own.</param>
    public static void Start(
        int rate,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> customization,
        ref KeccakState state,
        int rounds = KeccakPermutation.StandardRounds)
    {
        Debug.Assert(rate is KeccakRate.Bits256 or KeccakRate.Bits512, "KMAC256 and KMAC-512 only.");
        Debug.Assert(rounds is KeccakPermutation.StandardRounds or ReducedRounds, "KMAC and KMAC-R12 only.");
        state = default;
        KmacMessage blocks = new(ref state, rate, rounds);

        // bytepad(encode_string("KMAC") || encode_string(S), rate)
        AbsorbLeftEncoded(ref blocks, (ulong)rate);
        AbsorbString(ref blocks, rounds == ReducedRounds ? "KMACR12"u8 : "KMAC"u8);
        AbsorbString(ref blocks, customization);
        blocks.PadToBlock();

        // bytepad(encode_string(K), rate)
        AbsorbLeftEncoded(ref blocks, (ulong)rate);
        AbsorbString(ref blocks, key);
        blocks.PadToBlock();
    }

    private static void AbsorbString(ref KmacMessage blocks, ReadOnlySpan<byte> text)
    {
        AbsorbLeftEncoded(ref blocks, (ulong)text.Length * 8);
        blocks.Absorb(text);
    }

    private static void AbsorbLeftEncoded(ref KmacMessage blocks, ulong value)
    {
        Span<byte> encoded = stackalloc byte[StringEncoding.MaxIntegerSize];
        blocks.Absorb(encoded[..StringEncoding.LeftEncode(value, encoded)]);
    }
}
