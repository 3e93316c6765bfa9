using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>
/// One derivation's output: key and nonce of each direction, and the seed of the next ratchet. The first pair belongs to the
/// connection's initiator. (QSTP §6.5, §11.2)
/// </summary>
internal sealed class DirectionKeys : IDisposable
{
    private readonly RcsParameters _rcs;
    private readonly SecretBytes _bytes;

    private DirectionKeys(RcsParameters rcs)
    {
        _rcs = rcs;
        _bytes = SecretBytes.Rent((2 * (rcs.KeySize + rcs.NonceSize)) + rcs.KeySize);
    }

    /// <summary>k1 || n1 || k2 || n2.</summary>
    public ReadOnlySpan<byte> Pairs => PairBytes;

    /// <summary>The seed of the next ratchet.</summary>
    public ReadOnlySpan<byte> RatchetState => RatchetBytes;

    private Span<byte> PairBytes => _bytes.Span[..^_rcs.KeySize];

    private Span<byte> RatchetBytes => _bytes.Span[^_rcs.KeySize..];

    /// <summary>
    /// Squeezes <paramref name="blocks"/> blocks of cSHAKE(rate, N, S, X): the pairs are their first bytes, the ratchet seed the first
    /// bytes after them. (primitives §2, last table)
    /// </summary>
    public static DirectionKeys Derive(
        RcsParameters rcs,
        int rate,
        int blocks,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> customization,
        ReadOnlySpan<byte> input)
    {
        DirectionKeys keys = new(rcs);
        KeccakSponge sponge = CShake.Start(rate, name, customization, input);
        sponge.Squeeze(keys.PairBytes);
        sponge.Skip((blocks * rate) - keys.PairBytes.Length);
        sponge.Squeeze(keys.RatchetBytes);
        sponge.Clear();
        return keys;
    }

    /// <summary>A copy of the ratchet seed, for the keys' next owner.</summary>
    public SecretBytes CopyRatchetState() => new(RatchetBytes);

    /// <summary>The cipher of the direction that uses the first (initiator's) or second (responder's) pair.</summary>
    public RcsCipher CreateCipher(bool first)
    {
        int pairSize = _rcs.KeySize + _rcs.NonceSize;
        Span<byte> pair = PairBytes.Slice(first ? 0 : pairSize, pairSize);
        return new RcsCipher(_rcs, pair[.._rcs.KeySize], pair[_rcs.KeySize..]);
    }

    public void Dispose() => _bytes.Dispose();
}
