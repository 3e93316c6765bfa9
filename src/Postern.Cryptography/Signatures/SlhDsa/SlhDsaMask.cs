namespace Postern.Cryptography;

/// <summary>Masks of eight messages side by side: SHAKE256(PK.seed ‖ ADRS), as long as the message. (SPHINCS+ round 3 §7.2.1)</summary>
internal sealed class SlhDsaMask(KeccakLanesPath path)
{
    private const int RateWords = KeccakRate.Bits256 / sizeof(ulong);
    private const ulong LastBit = 1ul << 63;

    private readonly KeccakLanes _input = new(path);
    private readonly KeccakLanes _state = new(path);
    private int _position;

    /// <summary>Starts the first <paramref name="count"/> masks; the seeds and addresses have the same size each time.</summary>
    public void Start(ReadOnlySpan<ulong> seedsAndAddresses, int count = KeccakLanes.Count)
    {
        int words = seedsAndAddresses.Length / KeccakLanes.Count;
        seedsAndAddresses.CopyTo(_input.Lanes(0, words));
        _input.Lane(words).Fill(KeccakSponge.ShakeDomain);
        _input.Lane(RateWords - 1).Fill(LastBit);
        _input.PermuteTo(_state, count);
        _position = 0;
    }

    /// <summary>The first words of the masks, which fit one block.</summary>
    public ReadOnlySpan<ulong> First(int words) => _state.Lanes(0, words);

    /// <summary>The next word of eight masks of any length.</summary>
    public ReadOnlySpan<ulong> Next()
    {
        if (_position == RateWords)
        {
            _state.Permute();
            _position = 0;
        }

        return _state.Lane(_position++);
    }

    /// <summary>Erases everything.</summary>
    public void Clear()
    {
        _input.Clear();
        _state.Clear();
    }
}
