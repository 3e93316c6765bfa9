using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>
/// The running hash of a handshake: each step is H(previous || data). The size of the first value chooses H: SHA3-256 or SHA3-512.
/// (QSTP §6, QSMP §1)
/// </summary>
internal sealed class Transcript
{
    private readonly byte[] _value;

    public Transcript(ReadOnlySpan<byte> initialValue) => _value = initialValue.ToArray();

    public ReadOnlySpan<byte> Value => _value;

    /// <summary>H(a || b || c || d): SHA3-256 or SHA3-512, by the size of <paramref name="digest"/>.</summary>
    public static void Hash(
        Span<byte> digest,
        ReadOnlySpan<byte> a,
        ReadOnlySpan<byte> b = default,
        ReadOnlySpan<byte> c = default,
        ReadOnlySpan<byte> d = default)
    {
        KeccakSponge sponge = digest.Length switch
        {
            Sha3.DigestSize256 => KeccakSponge.Sha3_256(),
            Sha3.DigestSize512 => KeccakSponge.Sha3_512(),
            _ => throw new ArgumentException($"No hash has {digest.Length} bytes.", nameof(digest)),
        };
        sponge.Absorb(a);
        sponge.Absorb(b);
        sponge.Absorb(c);
        sponge.Absorb(d);
        sponge.Squeeze(digest);
    }

    /// <summary>Replaces the value by H(value || data).</summary>
    public void Absorb(ReadOnlySpan<byte> data) => Hash(_value, _value, data);
}
