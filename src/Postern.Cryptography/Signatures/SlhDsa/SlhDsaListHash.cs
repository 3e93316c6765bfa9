using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// Eight hashes side by side over lists of nodes of any length: SHAKE256(PK.seed ‖ ADRS ‖ nodes), which is T of FIPS 205 §11.1.
/// </summary>
/// <param name="path">The permutation to use.</param>
/// <param name="isMasked">Whether nodes are masked (<see cref="SlhDsaForm.HasMasks"/>).</param>
internal sealed class SlhDsaListHash(KeccakLanesPath path, bool isMasked)
{
    private const int RateWords = KeccakRate.Bits256 / sizeof(ulong);
    private const ulong LastBit = 1ul << 63;

    private readonly KeccakLanes _state = new(path);
    private readonly SlhDsaMask? _mask = isMasked ? new SlhDsaMask(path) : null;
    private int _position;

    /// <summary>Starts eight lists: the compressed public keys of one-time keys of one tree.</summary>
    public void StartWotsPublicKeys(ReadOnlySpan<byte> publicSeed, uint layer, ulong tree, ReadOnlySpan<uint> keyPairs)
    {
        _state.Clear();
        int words = publicSeed.Length / sizeof(ulong);
        SlhDsaNodes.Fill(publicSeed, _state.Lanes(0, words));
        _state.Lane(words).Fill(SlhDsaAddress.LayerWord(layer));
        _state.Lane(words + 1).Fill(SlhDsaAddress.TreeWord(tree));
        Span<ulong> purposes = _state.Lane(words + 2);
        for (int i = 0; i < purposes.Length; i++)
        {
            purposes[i] = SlhDsaAddress.PurposeWord(SlhDsaAddressType.WotsPublicKey, keyPairs[i]);
        }

        _position = words + SlhDsaAddress.Words;
        Debug.Assert(_position < RateWords, "The first block has room for a node.");
        _mask?.Start(_state.Lanes(0, _position));
    }

    /// <summary>Takes in one more node of each list.</summary>
    public void Absorb(ReadOnlySpan<ulong> nodes)
    {
        for (; !nodes.IsEmpty; nodes = nodes[KeccakLanes.Count..])
        {
            Span<ulong> lane = _state.Lane(_position++);
            SlhDsaNodes.Xor(lane, nodes[..KeccakLanes.Count]);
            if (_mask is not null) SlhDsaNodes.Xor(lane, _mask.Next());
            if (_position < RateWords) continue;
            _state.Permute();
            _position = 0;
        }
    }

    /// <summary>Writes the digests to the first words of <paramref name="output"/>.</summary>
    public void Finish(KeccakLanes output)
    {
        foreach (ref ulong word in _state.Lane(_position)) word ^= KeccakSponge.ShakeDomain;
        foreach (ref ulong word in _state.Lane(RateWords - 1)) word ^= LastBit;
        _state.PermuteTo(output);
    }

    /// <summary>Erases everything.</summary>
    public void Clear()
    {
        _state.Clear();
        _mask?.Clear();
    }
}
