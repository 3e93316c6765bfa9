namespace Postern.Cryptography;

/// <summary>
/// SHA3-256 or 32 bytes of SHAKE256, whose blocks have one size, in one state of <see cref="KeccakLanes"/> while the other states do
/// something else. The state must be zero at the start.
/// </summary>
internal ref struct KemLaneHash
{
    private const int Rate = KeccakRate.Bits256;

    private readonly byte _domain;
    private readonly Span<byte> _digest;
    private ReadOnlySpan<byte> _prefix;
    private ReadOnlySpan<byte> _data;
    private bool _padded;

    /// <summary>A hash of <paramref name="prefix"/>, shorter than a block, and <paramref name="data"/>.</summary>
    public KemLaneHash(byte domain, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data, Span<byte> digest)
    {
        _domain = domain;
        _prefix = prefix;
        _data = data;
        _digest = digest;
        IsRunning = true;
    }

    /// <summary>Whether a block is missing. False in the default value, which does nothing.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Absorbs the next block. A permutation follows.</summary>
    public void Absorb(KeccakLanes lanes, int state)
    {
        if (!IsRunning) return;
        int offset = _prefix.Length;
        lanes.Xor(state, 0, _prefix);
        _prefix = [];
        int count = Math.Min(Rate - offset, _data.Length);
        lanes.Xor(state, offset, _data[..count]);
        _data = _data[count..];
        if (offset + count == Rate) return;
        lanes.Xor(state, offset + count, _domain);
        lanes.Xor(state, Rate - 1, 0x80);
        _padded = true;
    }

    /// <summary>Takes the digest after the last block's permutation.</summary>
    public void Take(KeccakLanes lanes, int state)
    {
        if (!IsRunning || !_padded) return;
        lanes.CopyTo(state, 0, _digest);
        IsRunning = false;
    }
}
