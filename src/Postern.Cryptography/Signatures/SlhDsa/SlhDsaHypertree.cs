namespace Postern.Cryptography;

/// <summary>The d layers of trees, each of which signs the root of the one below (FIPS 205 §6 and §7).</summary>
internal static class SlhDsaHypertree
{
    /// <summary>The root of the single tree in the highest layer: PK.root (algorithm 18).</summary>
    public static void MakeRoot(SlhDsaWorkspace workspace, Span<byte> root)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        workspace.SetTree((uint)parameters.Layers - 1, 0);
        SlhDsaTree.Build<SlhDsaOneTime.Leaves>(workspace, SlhDsaAddressType.Tree, 0, parameters.TreeHeight, 0, 0, [], root);
    }

    /// <summary>Algorithm 12. <paramref name="message"/>, of n bytes, is overwritten, with PK.root in the end.</summary>
    public static void Sign(SlhDsaWorkspace workspace, ulong tree, uint leaf, Span<byte> message, Span<byte> signature)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        int chainsSize = parameters.Chains * parameters.N;
        for (int layer = 0; layer < parameters.Layers; layer++)
        {
            Span<byte> part = signature.Slice(layer * parameters.LayerSize, parameters.LayerSize);
            workspace.SetTree((uint)layer, tree);
            SlhDsaOneTime.Sign(workspace, leaf, message, part[..chainsSize]);
            SlhDsaTree.Build<SlhDsaOneTime.Leaves>(
                workspace, SlhDsaAddressType.Tree, 0, parameters.TreeHeight, 0, leaf, part[chainsSize..], message);
            MoveUp(parameters, ref tree, ref leaf);
        }
    }

    /// <summary>Algorithm 13, up to the comparison: <paramref name="message"/> becomes the root that the signature leads to.</summary>
    public static void RecoverRoot(
        SlhDsaWorkspace workspace, ulong tree, uint leaf, Span<byte> message, ReadOnlySpan<byte> signature)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        int n = parameters.N;
        int chainsSize = parameters.Chains * n;
        Span<byte> pair = stackalloc byte[2 * SlhDsaParameters.MaxN];
        pair = pair[..(2 * n)];
        for (int layer = 0; layer < parameters.Layers; layer++)
        {
            ReadOnlySpan<byte> part = signature.Slice(layer * parameters.LayerSize, parameters.LayerSize);
            workspace.SetTree((uint)layer, tree);
            SlhDsaOneTime.RecoverPublicKey(workspace, leaf, message, part[..chainsSize], message);
            uint index = leaf;
            for (int level = 1; level <= parameters.TreeHeight; level++)
            {
                bool isRight = (index & 1) != 0;
                index >>= 1;
                message.CopyTo(isRight ? pair[n..] : pair);
                part.Slice(chainsSize + ((level - 1) * n), n).CopyTo(isRight ? pair : pair[n..]);
                workspace.Hash(new SlhDsaAddress((uint)layer, tree, High: (uint)level, Low: index), pair, message);
            }

            MoveUp(parameters, ref tree, ref leaf);
        }
    }

    // The lowest h′ bits of the tree's index are the leaf above it.
    private static void MoveUp(SlhDsaParameters parameters, ref ulong tree, ref uint leaf)
    {
        leaf = (uint)(tree & ((1ul << parameters.TreeHeight) - 1));
        tree >>= parameters.TreeHeight;
    }
}
