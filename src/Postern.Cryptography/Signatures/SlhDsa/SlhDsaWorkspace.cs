using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>The hashes of FIPS 205 §11.1, or of the form before it, for one key, eight at a time or alone, and the memory for them. Pinned and erased.</summary>
internal sealed class SlhDsaWorkspace : IWorkspace
{
    private readonly ulong[] _stack;
    private readonly byte[] _publicSeed;

    public SlhDsaWorkspace(SlhDsaParameters parameters, KeccakLanesPath path)
    {
        Parameters = parameters;
        NodeWords = parameters.Words * KeccakLanes.Count;
        bool isMasked = parameters.Form.HasMasks;
        Prf = new SlhDsaBlock(path, parameters.Words, parameters.Form.SecretsTakePublicSeed ? parameters.Words : 0, isMasked: false);
        Single = new SlhDsaBlock(path, parameters.Words, parameters.Words, isMasked);
        Pair = new SlhDsaBlock(path, parameters.Words, 2 * parameters.Words, isMasked);
        List = new SlhDsaListHash(path, isMasked);
        Output = new KeccakLanes(path);
        _publicSeed = new byte[parameters.N];
        _stack = GC.AllocateArray<ulong>(NodeWords * SlhDsaParameters.MaxHeight, pinned: true);
    }

    public SlhDsaParameters Parameters { get; }

    /// <summary>Words of eight nodes.</summary>
    public int NodeWords { get; }

    /// <summary>PRF: SK.seed is in it, so that only addresses change.</summary>
    public SlhDsaBlock Prf { get; }

    /// <summary>F: messages of n bytes.</summary>
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
        if (secretSeed.IsEmpty) return;
        Prf.Start(Parameters.Form.SecretsTakePublicSeed ? publicSeed : secretSeed);
        if (Parameters.Form.SecretsTakePublicSeed) SlhDsaNodes.Fill(secretSeed, Prf.Message);
    }

    /// <summary>Goes on in another tree.</summary>
    public void SetTree(uint layer, ulong tree)
    {
        Layer = layer;
        Tree = tree;
        Prf.SetTree(layer, tree);
        Single.SetTree(layer, tree);
        Pair.SetTree(layer, tree);
    }

    /// <summary>Room for the eight nodes that wait at a height.</summary>
    public Span<ulong> Waiting(int height) => _stack.AsSpan(height * NodeWords, NodeWords);

    /// <summary>One hash by itself: H or T, as the address and the message's length say.</summary>
    public void Hash(in SlhDsaAddress address, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        KeccakSponge sponge = StartHash(address);
        if (Parameters.Form.HasMasks)
        {
            AbsorbMasked(ref sponge, StartHash(address), message);
        }
        else
        {
            sponge.Absorb(message);
        }

        sponge.Squeeze(digest);
        sponge.Clear();
    }

    /// <inheritdoc/>
    public void Clear()
    {
        Prf.Clear();
        Single.Clear();
        Pair.Clear();
        List.Clear();
        Output.Clear();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_stack.AsSpan()));
    }

    private static void AbsorbMasked(ref KeccakSponge sponge, KeccakSponge masks, ReadOnlySpan<byte> message)
    {
        Span<byte> part = stackalloc byte[SlhDsaParameters.MaxN];
        while (!message.IsEmpty)
        {
            part = part[..Math.Min(part.Length, message.Length)];
            masks.Squeeze(part);
            for (int i = 0; i < part.Length; i++) part[i] ^= message[i];
            sponge.Absorb(part);
            message = message[part.Length..];
        }
    }

    private KeccakSponge StartHash(in SlhDsaAddress address)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(_publicSeed);
        address.AbsorbInto(ref sponge);
        return sponge;
    }
}
