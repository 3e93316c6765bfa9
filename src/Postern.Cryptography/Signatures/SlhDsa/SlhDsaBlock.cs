namespace Postern.Cryptography;

/// <summary>
/// Eight hashes side by side whose input fits one block: SHAKE256(seed ‖ ADRS ‖ message), which is PRF, F and H of FIPS 205 §11.1.
/// The seed, the padding and the fields of the address stay from hash to hash; only what changes is written.
/// </summary>
/// <param name="path">The permutation to use.</param>
/// <param name="seedWords">Words of the seed.</param>
/// <param name="messageWords">Words of the message.</param>
/// <param name="isMasked">Whether messages are masked (<see cref="SlhDsaForm.HasMasks"/>).</param>
internal sealed class SlhDsaBlock(KeccakLanesPath path, int seedWords, int messageWords, bool isMasked)
{
    private const int RateWords = KeccakRate.Bits256 / sizeof(ulong);

    private readonly KeccakLanes _input = new(path);
    private readonly SlhDsaMask? _mask = isMasked ? new SlhDsaMask(path) : null;

    /// <summary>The messages: word i of the one in place j at i * 8 + j.</summary>
    public Span<ulong> Message => _input.Lanes(seedWords + SlhDsaAddress.Words, messageWords);

    /// <summary>All that must be erased.</summary>
    internal ReadOnlySpan<ulong> Memory => _input.Memory;

    /// <summary>Starts with a seed, an empty address and an empty message.</summary>
    public void Start(ReadOnlySpan<byte> seed)
    {
        _input.Clear();
        SlhDsaNodes.Fill(seed, _input.Lanes(0, seedWords));

        // The two may be in one word: XOR.
        int end = seedWords + SlhDsaAddress.Words + messageWords;
        for (int i = 0; i < KeccakLanes.Count; i++)
        {
            _input.Xor(i, end * sizeof(ulong), KeccakSponge.ShakeDomain);
            _input.Xor(i, (RateWords * sizeof(ulong)) - 1, 0x80);
        }
    }

    /// <summary>The tree in which all hashes are.</summary>
    public void SetTree(uint layer, ulong tree)
    {
        _input.Lane(seedWords).Fill(SlhDsaAddress.LayerWord(layer));
        _input.Lane(seedWords + 1).Fill(SlhDsaAddress.TreeWord(tree));
    }

    public void SetPurpose(SlhDsaAddressType type, uint keyPair) =>
        _input.Lane(seedWords + 2).Fill(SlhDsaAddress.PurposeWord(type, keyPair));

    /// <summary>A key pair for each hash.</summary>
    public void SetPurpose(SlhDsaAddressType type, ReadOnlySpan<uint> keyPairs)
    {
        Span<ulong> words = _input.Lane(seedWords + 2);
        for (int i = 0; i < words.Length; i++) words[i] = SlhDsaAddress.PurposeWord(type, keyPairs[i]);
    }

    public void SetPosition(uint high, uint low) => _input.Lane(seedWords + 3).Fill(SlhDsaAddress.PositionWord(high, low));

    /// <summary>A second field for each hash.</summary>
    public void SetPosition(uint high, ReadOnlySpan<uint> low)
    {
        Span<ulong> words = _input.Lane(seedWords + 3);
        for (int i = 0; i < words.Length; i++) words[i] = SlhDsaAddress.PositionWord(high, low[i]);
    }

    /// <summary>A first field for each hash.</summary>
    public void SetPosition(ReadOnlySpan<uint> high, uint low)
    {
        Span<ulong> words = _input.Lane(seedWords + 3);
        for (int i = 0; i < words.Length; i++) words[i] = SlhDsaAddress.PositionWord(high[i], low);
    }

    /// <summary>Hashes the first <paramref name="count"/> inputs; the digests are the first words of <paramref name="output"/>.</summary>
    public void Hash(KeccakLanes output, int count = KeccakLanes.Count)
    {
        if (_mask is null)
        {
            _input.PermuteTo(output, count);
            return;
        }

        // On and off again: the messages stay.
        _mask.Start(_input.Lanes(0, seedWords + SlhDsaAddress.Words), count);
        SlhDsaNodes.Xor(Message, _mask.First(messageWords));
        _input.PermuteTo(output, count);
        SlhDsaNodes.Xor(Message, _mask.First(messageWords));
    }

    /// <summary>Erases everything.</summary>
    public void Clear()
    {
        _input.Clear();
        _mask?.Clear();
    }
}
