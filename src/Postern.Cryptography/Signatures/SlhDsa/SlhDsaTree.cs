namespace Postern.Cryptography;

/// <summary>
/// Merkle trees (FIPS 205 §6.1, §8.2) of 2^height leaves. The tree is cut in eight parts, one in each place, which grow in step: every
/// hash but the last seven is one of eight, and only a node a height has to wait for its sibling.
/// </summary>
internal static class SlhDsaTree
{
    // 2^3 parts.
    private const int TopHeight = 3;

    /// <summary>Makes the root, and the authentication path of the leaf <paramref name="target"/> unless the path is empty.</summary>
    /// <param name="workspace">Its tree is set.</param>
    /// <param name="type">What inner nodes are for.</param>
    /// <param name="keyPair">The key pair in their address.</param>
    /// <param name="height">Height of the tree, at least 4.</param>
    /// <param name="first">Index of the first leaf: not 0 in a forest, whose indices go on from tree to tree.</param>
    /// <param name="target">Index of the leaf in this tree; public.</param>
    /// <param name="path">Gets a node for each height.</param>
    /// <param name="root">Gets the root.</param>
    public static void Build<TLeaves>(
        SlhDsaWorkspace workspace,
        SlhDsaAddressType type,
        uint keyPair,
        int height,
        uint first,
        uint target,
        Span<byte> path,
        Span<byte> root)
        where TLeaves : struct, ISlhDsaLeaves
    {
        int partHeight = height - TopHeight;
        int targetPart = (int)(target >> partHeight);
        uint targetInPart = target & ((1u << partHeight) - 1);
        Span<uint> indices = stackalloc uint[KeccakLanes.Count];
        workspace.Pair.SetPurpose(type, keyPair);
        for (uint i = 0; i < 1u << partHeight; i++)
        {
            SetIndices(indices, first, i, partHeight);
            TLeaves.Make(workspace, keyPair, indices);
            int level = 0;
            for (uint node = i; ; node >>= 1)
            {
                bool isOnPath = level < partHeight && node == ((targetInPart >> level) ^ 1);
                if (isOnPath && !path.IsEmpty) WritePathNode(workspace, targetPart, level, path);
                if ((node & 1) == 0) break;
                Span<ulong> message = workspace.Pair.Message;
                workspace.Waiting(level).CopyTo(message);
                workspace.Nodes.CopyTo(message[workspace.NodeWords..]);
                level++;
                SetIndices(indices, first >> level, node >> 1, partHeight - level);
                workspace.Pair.SetPosition((uint)level, indices);
                workspace.Pair.Hash(workspace.Output);
            }

            workspace.Nodes.CopyTo(workspace.Waiting(level));
        }

        BuildTop(workspace, partHeight, first, target, path);
        SlhDsaNodes.Write(workspace.Nodes, 0, root);
    }

    // The eight roots side by side are a tree of their own.
    private static void BuildTop(SlhDsaWorkspace workspace, int partHeight, uint first, uint target, Span<byte> path)
    {
        Span<uint> indices = stackalloc uint[KeccakLanes.Count];
        int level = partHeight;
        for (int pairs = KeccakLanes.Count / 2; pairs > 0; pairs /= 2)
        {
            if (!path.IsEmpty) WritePathNode(workspace, (int)(target >> level) ^ 1, level, path);
            Span<ulong> message = workspace.Pair.Message;
            for (int i = 0; i < pairs; i++)
            {
                SlhDsaNodes.Move(workspace.Nodes, 2 * i, message, i);
                SlhDsaNodes.Move(workspace.Nodes, (2 * i) + 1, message[workspace.NodeWords..], i);
            }

            level++;
            SetIndices(indices, first >> level, 0, 0);
            workspace.Pair.SetPosition((uint)level, indices);
            workspace.Pair.Hash(workspace.Output, pairs);
        }
    }

    // The node at this index in every part.
    private static void SetIndices(Span<uint> indices, uint first, uint index, int partHeight)
    {
        for (int i = 0; i < indices.Length; i++) indices[i] = first + ((uint)i << partHeight) + index;
    }

    private static void WritePathNode(SlhDsaWorkspace workspace, int place, int level, Span<byte> path)
    {
        int size = workspace.Parameters.N;
        SlhDsaNodes.Write(workspace.Nodes, place, path.Slice(level * size, size));
    }
}
