using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>What a message's digest chooses: the leaves of the forest, the tree and the leaf that sign it (FIPS 205 §9.2).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct SlhDsaDigest
{
    /// <summary>Reads the digest; the tree and the leaf are taken from whole bytes, of which bits too many are dropped.</summary>
    public SlhDsaDigest(SlhDsaParameters parameters, ReadOnlySpan<byte> digest, Span<uint> forestIndices)
    {
        SlhDsaForest.Indices(parameters, digest[..parameters.ForestDigestSize], forestIndices);
        ForestIndices = forestIndices;
        digest = digest[parameters.ForestDigestSize..];
        int treeBytes = SlhDsaParameters.BytesOf(parameters.TreeIndexBits);
        Tree = ToInteger(digest[..treeBytes]) & ((1ul << parameters.TreeIndexBits) - 1);
        Leaf = (uint)(ToInteger(digest[treeBytes..]) & ((1ul << parameters.TreeHeight) - 1));
    }

    public ReadOnlySpan<uint> ForestIndices { get; }

    public ulong Tree { get; }

    public uint Leaf { get; }

    /// <summary>H_msg = SHAKE256(R ‖ PK.seed ‖ PK.root ‖ M′), with M′ = prefix ‖ message.</summary>
    public static void HashMessage(
        SlhDsaForm form,
        ReadOnlySpan<byte> randomizer,
        ReadOnlySpan<byte> verificationKey,
        ReadOnlySpan<byte> message,
        Span<byte> digest)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(randomizer);
        sponge.Absorb(verificationKey);
        sponge.Absorb(form.MessagePrefix);
        sponge.Absorb(message);
        sponge.Squeeze(digest);
        sponge.Clear();
    }

    /// <summary>PRF_msg = SHAKE256(SK.prf ‖ addrnd ‖ M′): the randomizer R.</summary>
    public static void MakeRandomizer(
        SlhDsaForm form,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> randomness,
        ReadOnlySpan<byte> message,
        Span<byte> randomizer)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(key);
        sponge.Absorb(randomness);
        sponge.Absorb(form.MessagePrefix);
        sponge.Absorb(message);
        sponge.Squeeze(randomizer);
        sponge.Clear();
    }

    private static ulong ToInteger(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        bytes.CopyTo(padded[(sizeof(ulong) - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
