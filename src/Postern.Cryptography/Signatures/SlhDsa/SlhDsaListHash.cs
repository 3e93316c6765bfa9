using System.Buffers.Binary;
using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// Eight hashes side by side over lists of nodes of any length: SHAKE256(PK.seed ‖ ADRS ‖ nodes), which is T of FIPS 205 §11.1.
/// </summary>
internal sealed class SlhDsaListHash(KeccakLanesPath path)
{
    private const int RateWords = KeccakRate.Bits256 / sizeof(ulong);
    private const ulong LastBit = 1ul << 63;

    private readonly KeccakLanes _state = new(path);
    private int _position;

    /// <summary>Starts eight lists: the compressed public keys of one-time keys of one tree.</summary>
    public void StartWotsPublicKeys(ReadOnlySpan<byte> publicSeed, uint layer, ulong tree, ReadOnlySpan<uint> keyPairs)
    {
        _state.Clear();
        int words = publicSeed.Length / sizeof(ulong);
        for (int i = 0; i < words; i++)
        {
            _state.Lane(i).Fill(BinaryPrimitives.ReadUInt64LittleEndian(publicSeed[(i * sizeof(ulong))..]));
        }

        _state.Lane(words).Fill(SlhDsaAddress.LayerWord(layer));
        _state.Lane(words + 1).Fill(SlhDsaAddress.TreeWord(tree));
        Span<ulong> purposes = _state.Lane(words + 2);
        for (int i = 0; i < purposes.Length; i++)
        {
            purposes[i] = SlhDsaAddress.PurposeWord(SlhDsaAddressType.WotsPublicKey, keyPairs[i]);
        }

        _position = words + SlhDsaAddress.Words;
        Debug.Assert(_position < RateWords, "The first block has room for a node.");
    }

    /// <summary>Takes in one more node of each list.</summary>
    public void Absorb(ReadOnlySpan<ulong> nodes)
    {
        for (; !nodes.IsEmpty; nodes = nodes[KeccakLanes.Count..])
        {
            Xor(_state.Lane(_position++), nodes[..KeccakLanes.Count]);
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
    public void Clear() => _state.Clear();

    private static void Xor(Span<ulong> target, ReadOnlySpan<ulong> words)
    {
        for (int i = 0; i < target.Length; i++) target[i] ^= words[i];
    }
}
