namespace Postern.Cryptography;

/// <summary>
/// cSHAKE (SP 800-185 §3) at rates 168, 136 and 72. Rate 72 is not NIST's: the same construction with a capacity of 1024 bits
/// ("cSHAKE-512"). Unlike NIST's, it stays cSHAKE when name and customization are both empty (primitives §3).
/// </summary>
internal static class CShake
{
    /// <summary>A sponge that has absorbed <c>bytepad(encode_string(N) || encode_string(S), rate)</c>, then the input X.</summary>
    public static KeccakSponge Start(int rate, ReadOnlySpan<byte> name, ReadOnlySpan<byte> customization, ReadOnlySpan<byte> input)
    {
        KeccakSponge sponge = new(rate, KeccakSponge.CShakeDomain);
        StringEncoding.AbsorbLeftEncoded(ref sponge, (ulong)rate);
        StringEncoding.AbsorbString(ref sponge, name);
        StringEncoding.AbsorbString(ref sponge, customization);
        sponge.PadToBlock();
        sponge.Absorb(input);
        return sponge;
    }

    /// <summary>Fills <paramref name="output"/> from cSHAKE(rate, N, S, X), and erases the state.</summary>
    public static void Derive(
        int rate,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> customization,
        ReadOnlySpan<byte> input,
        Span<byte> output)
    {
        KeccakSponge sponge = Start(rate, name, customization, input);
        sponge.Squeeze(output);
        sponge.Clear();
    }
}
