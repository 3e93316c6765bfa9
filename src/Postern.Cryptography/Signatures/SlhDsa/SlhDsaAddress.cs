using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// The 32 bytes that make each hash another function (FIPS 205 §4.2), as four words of a sponge: a word holds the address's bytes
/// little-endian, while each field is big-endian.
/// </summary>
/// <param name="Layer">Layer of the tree, 0 the lowest.</param>
/// <param name="Tree">Index of the tree in its layer.</param>
/// <param name="Type">What the hash is for.</param>
/// <param name="KeyPair">Index of the one-time key; 0 in <see cref="SlhDsaAddressType.Tree"/>.</param>
/// <param name="High">Chain, or height of the node.</param>
/// <param name="Low">Step of the chain, or index of the node at its height.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SlhDsaAddress(
    uint Layer, ulong Tree, SlhDsaAddressType Type = SlhDsaAddressType.Tree, uint KeyPair = 0, uint High = 0, uint Low = 0)
{
    /// <summary>Number of words.</summary>
    public const int Words = 4;

    // The tree's index has 12 bytes, of which the first four stay zero.
    public static ulong LayerWord(uint layer) => Word(layer, 0);

    public static ulong TreeWord(ulong tree) => BinaryPrimitives.ReverseEndianness(tree);

    public static ulong PurposeWord(SlhDsaAddressType type, uint keyPair) => Word((uint)type, keyPair);

    public static ulong PositionWord(uint high, uint low) => Word(high, low);

    /// <summary>Takes the address into a hash.</summary>
    public void AbsorbInto(ref KeccakSponge sponge)
    {
        Span<byte> bytes = stackalloc byte[Words * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, LayerWord(Layer));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], TreeWord(Tree));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], PurposeWord(Type, KeyPair));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], PositionWord(High, Low));
        sponge.Absorb(bytes);
    }

    private static ulong Word(uint first, uint second) => BinaryPrimitives.ReverseEndianness(((ulong)first << 32) | second);
}
