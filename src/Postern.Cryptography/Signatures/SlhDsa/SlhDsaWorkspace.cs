using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>The hashes of FIPS 205 §11.1 for one key, eight at a time or alone, and the memory for them. Pinned and erased.</summary>
internal sealed class SlhDsaWorkspace : IWorkspace
{
    private readonly ulong[] _secretSeed;
    private readonly ulong[] _stack;
    private readonly byte[] _publicSeed;

    public SlhDsaWorkspace(SlhDsaParameters parameters, KeccakLanesPath path)
    {
        Parameters = parameters;
        NodeWords = parameters.Words * KeccakLanes.Count;
        Single = new SlhDsaBlock(path, parameters.Words, parameters.Words);
        Pair = new SlhDsaBlock(path, parameters.Words, 2 * parameters.Words);
        List = new SlhDsaListHash(path);
        Output = new KeccakLanes(path);
        _publicSeed = new byte[parameters.N];
        _secretSeed = GC.AllocateArray<ulong>(NodeWords, pinned: true);
        _stack = GC.AllocateArray<ulong>(NodeWords * SlhDsaParameters.MaxHeight, pinned: true);
    }

    public SlhDsaParameters Parameters { get; }

    /// <summary>Words of eight nodes.</summary>
    public int NodeWords { get; }

    /// <summary>PRF and F: messages of n bytes.</summary>
    public SlhDsaBlock Single { get; }

    /// <summary>H: messages of two nodes.</summary>
    public SlhDsaBlock Pair { get; }

    /// <summary>T over the ends of the chains.</summary>
    public SlhDsaListHash List { get; }

    /// <summary>Where all of them write.</summary>
    public KeccakLanes Output { get; }

    /// <summary>The digests of the last eight hashes.</summary>
    public Span<ulong> Nodes => Output.Lanes(0, Parameters.Words);

    public ReadOnlySpan<byte> PublicSeed => _publicSeed;

    /// <summary>SK.seed in all eight places.</summary>
    public ReadOnlySpan<ulong> SecretSeed => _secretSeed;

    /// <summary>Layer and index of the tree that the hashes are in.</summary>
    public uint Layer { get; private set; }

    /// <inheritdoc cref="Layer"/>
    public ulong Tree { get; private set; }

    /// <summary>Starts with a key. <paramref name="secretSeed"/> is empty for verification.</summary>
    public void Start(ReadOnlySpan<byte> publicSeed, ReadOnlySpan<byte> secretSeed)
    {
        publicSeed.CopyTo(_publicSeed);
        Single.Start(publicSeed);
        Pair.Start(publicSeed);
        for (int i = 0; i * sizeof(ulong) < secretSeed.Length; i++)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(secretSeed[(i * sizeof(ulong))..]);
            _secretSeed.AsSpan(i * KeccakLanes.Count, KeccakLanes.Count).Fill(word);
        }
    }

    /// <summary>Goes on in another tree.</summary>
    public void SetTree(uint layer, ulong tree)
    {
        Layer = layer;
        Tree = tree;
        Single.SetTree(layer, tree);
        Pair.SetTree(layer, tree);
    }

    /// <summary>Room for the eight nodes that wait at a height.</summary>
    public Span<ulong> Waiting(int height) => _stack.AsSpan(height * NodeWords, NodeWords);

    /// <summary>One hash by itself: PRF, F, H or T, as the address and the message's length say.</summary>
    public void Hash(in SlhDsaAddress address, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(_publicSeed);
        address.AbsorbInto(ref sponge);
        sponge.Absorb(message);
        sponge.Squeeze(digest);
        sponge.Clear();
    }

    /// <inheritdoc/>
    public void Clear()
    {
        Single.Clear();
        Pair.Clear();
        List.Clear();
        Output.Clear();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_secretSeed.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_stack.AsSpan()));
    }
}
