namespace Postern.Cryptography;

/// <summary>FORS, the few-time signatures inside SLH-DSA: a forest of k trees, a leaf of each revealed (FIPS 205 §8).</summary>
internal static class SlhDsaForest
{
    /// <summary>The leaf that a digest chooses in each tree: k numbers of a bits (algorithm 4).</summary>
    public static void Indices(SlhDsaParameters parameters, ReadOnlySpan<byte> digest, Span<uint> indices)
    {
        bool highestFirst = parameters.Form.HighestBitFirst;
        int position = 0;
        foreach (ref uint index in indices)
        {
            index = 0;
            for (int i = 0; i < parameters.ForestHeight; i++, position++)
            {
                int place = highestFirst ? 7 - (position & 7) : position & 7;
                uint bit = (uint)(digest[position >> 3] >> place) & 1;
                index |= bit << (highestFirst ? parameters.ForestHeight - 1 - i : i);
            }
        }
    }

    /// <summary>Algorithm 16, and the public key that algorithm 17 would recover.</summary>
    public static void Sign(
        SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<uint> indices, Span<byte> signature, Span<byte> publicKey)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        int n = parameters.N;
        Span<byte> roots = stackalloc byte[SlhDsaParameters.MaxForestTrees * SlhDsaParameters.MaxN];
        roots = roots[..(indices.Length * n)];
        for (int i = 0; i < indices.Length; i++)
        {
            uint first = (uint)i << parameters.ForestHeight;
            Span<byte> part = signature.Slice(i * parameters.ForestTreeSize, parameters.ForestTreeSize);
            MakeSecret(workspace, keyPair, first + indices[i], part[..n]);
            SlhDsaTree.Build<Leaves>(
                workspace,
                SlhDsaAddressType.ForsTree,
                keyPair,
                parameters.ForestHeight,
                first,
                indices[i],
                part[n..],
                roots.Slice(i * n, n));
        }

        HashRoots(workspace, keyPair, roots, publicKey);
    }

    /// <summary>Algorithm 17: the public key that a signature leads to, eight trees side by side.</summary>
    public static void RecoverPublicKey(
        SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<uint> indices, ReadOnlySpan<byte> signature, Span<byte> publicKey)
    {
        int n = workspace.Parameters.N;
        Span<byte> roots = stackalloc byte[SlhDsaParameters.MaxForestTrees * SlhDsaParameters.MaxN];
        roots = roots[..(indices.Length * n)];
        for (int first = 0; first < indices.Length; first += KeccakLanes.Count)
        {
            int count = Math.Min(KeccakLanes.Count, indices.Length - first);
            RecoverRoots(workspace, keyPair, first, indices.Slice(first, count), signature);
            for (int i = 0; i < count; i++) SlhDsaNodes.Write(workspace.Nodes, i, roots.Slice((first + i) * n, n));
        }

        HashRoots(workspace, keyPair, roots, publicKey);
    }

    private static void RecoverRoots(
        SlhDsaWorkspace workspace, uint keyPair, int firstTree, ReadOnlySpan<uint> indices, ReadOnlySpan<byte> signature)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        Span<uint> positions = stackalloc uint[KeccakLanes.Count];
        positions.Clear();
        for (int i = 0; i < indices.Length; i++)
        {
            positions[i] = ((uint)(firstTree + i) << parameters.ForestHeight) + indices[i];
            SlhDsaNodes.Read(Node(firstTree + i, 0, signature), workspace.Single.Message, i);
        }

        workspace.Single.SetPurpose(SlhDsaAddressType.ForsTree, keyPair);
        workspace.Single.SetPosition(0, positions);
        workspace.Single.Hash(workspace.Output, indices.Length);
        workspace.Pair.SetPurpose(SlhDsaAddressType.ForsTree, keyPair);
        for (int level = 1; level <= parameters.ForestHeight; level++)
        {
            Span<ulong> left = workspace.Pair.Message[..workspace.NodeWords];
            Span<ulong> right = workspace.Pair.Message[workspace.NodeWords..];
            for (int i = 0; i < indices.Length; i++)
            {
                bool isRight = (positions[i] & 1) != 0;
                positions[i] >>= 1;
                SlhDsaNodes.Move(workspace.Nodes, i, isRight ? right : left, i);
                SlhDsaNodes.Read(Node(firstTree + i, level, signature), isRight ? left : right, i);
            }

            workspace.Pair.SetPosition((uint)level, positions);
            workspace.Pair.Hash(workspace.Output, indices.Length);
        }

        ReadOnlySpan<byte> Node(int tree, int index, ReadOnlySpan<byte> forest) =>
            forest.Slice((tree * parameters.ForestTreeSize) + (index * parameters.N), parameters.N);
    }

    private static void MakeSecret(SlhDsaWorkspace workspace, uint keyPair, uint index, Span<byte> secret)
    {
        workspace.Prf.SetPurpose(workspace.Parameters.Form.ForsSecrets, keyPair);
        workspace.Prf.SetPosition(0, index);
        workspace.Prf.Hash(workspace.Output, 1);
        SlhDsaNodes.Write(workspace.Nodes, 0, secret);
    }

    private static void HashRoots(SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<byte> roots, Span<byte> publicKey) =>
        workspace.Hash(new SlhDsaAddress(0, workspace.Tree, SlhDsaAddressType.ForsRoots, keyPair), roots, publicKey);

    /// <summary>Leaves of a tree of the forest: hashes of secret values (algorithms 14 and 15).</summary>
    public readonly struct Leaves : ISlhDsaLeaves
    {
        public static void Make(SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<uint> indices)
        {
            SlhDsaBlock single = workspace.Single;
            workspace.Prf.SetPurpose(workspace.Parameters.Form.ForsSecrets, keyPair);
            workspace.Prf.SetPosition(0, indices);
            workspace.Prf.Hash(workspace.Output);
            workspace.Nodes.CopyTo(single.Message);
            single.SetPurpose(SlhDsaAddressType.ForsTree, keyPair);
            single.SetPosition(0, indices);
            single.Hash(workspace.Output);
        }
    }
}
