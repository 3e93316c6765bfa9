namespace Postern.Cryptography;

/// <summary>SHA3-256 and SHA3-512 (FIPS 202 §6.1), SHAKE128 and SHAKE256 (§6.2), one call each, on every platform.</summary>
public static class Sha3
{
    /// <summary>Digest size of SHA3-256 in bytes.</summary>
    public const int DigestSize256 = 32;

    /// <summary>Digest size of SHA3-512 in bytes.</summary>
    public const int DigestSize512 = 64;

    /// <summary>SHA3-256 of <paramref name="data"/>. <paramref name="digest"/> must be 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="digest"/> has another size.</exception>
    public static void HashData256(ReadOnlySpan<byte> data, Span<byte> digest) =>
        Hash(KeccakSponge.Sha3_256(), data, digest, DigestSize256);

    /// <summary>SHA3-512 of <paramref name="data"/>. <paramref name="digest"/> must be 64 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="digest"/> has another size.</exception>
    public static void HashData512(ReadOnlySpan<byte> data, Span<byte> digest) =>
        Hash(KeccakSponge.Sha3_512(), data, digest, DigestSize512);

    /// <summary>SHAKE128 of <paramref name="data"/>, as many bytes as <paramref name="output"/> holds.</summary>
    public static void Shake128(ReadOnlySpan<byte> data, Span<byte> output) =>
        Hash(KeccakSponge.Shake128(), data, output, output.Length);

    /// <summary>SHAKE256 of <paramref name="data"/>, as many bytes as <paramref name="output"/> holds.</summary>
    public static void Shake256(ReadOnlySpan<byte> data, Span<byte> output) =>
        Hash(KeccakSponge.Shake256(), data, output, output.Length);

    private static void Hash(KeccakSponge sponge, ReadOnlySpan<byte> data, Span<byte> output, int expectedSize)
    {
        if (output.Length != expectedSize)
        {
            throw new ArgumentException($"The digest has {expectedSize} bytes, the destination {output.Length}.", nameof(output));
        }

        sponge.Absorb(data);
        sponge.Squeeze(output);
        sponge.Clear();
    }
}
