using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>WOTS+, the one-time signatures inside SLH-DSA (FIPS 205 §5).</summary>
internal static class SlhDsaOneTime
{
    /// <summary>The digits of a message and of its checksum, most significant first (algorithm 7, lines 1 to 7).</summary>
    public static void Digits(ReadOnlySpan<byte> message, Span<byte> digits)
    {
        int checksum = 0;
        for (int i = 0; i < message.Length; i++)
        {
            digits[2 * i] = (byte)(message[i] >> 4);
            digits[(2 * i) + 1] = (byte)(message[i] & 0xF);
            checksum += (2 * SlhDsaParameters.ChainSteps) - digits[2 * i] - digits[(2 * i) + 1];
        }

        Span<byte> last = digits[(2 * message.Length)..];
        Debug.Assert(last.Length == 3, "len2 is 3.");
        last[0] = (byte)(checksum >> 8);
        last[1] = (byte)((checksum >> 4) & 0xF);
        last[2] = (byte)(checksum & 0xF);
    }

    /// <summary>Algorithm 7. The message is public: it is the root of a tree below, or of the forest.</summary>
    public static void Sign(SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        Span<byte> digits = stackalloc byte[SlhDsaParameters.MaxChains];
        digits = digits[..parameters.Chains];
        Digits(message, digits);
        Span<byte> starts = stackalloc byte[KeccakLanes.Count];
        starts.Clear();
        Span<uint> chains = stackalloc uint[KeccakLanes.Count];
        workspace.Prf.SetPurpose(parameters.Form.WotsSecrets, keyPair);
        workspace.Single.SetPurpose(SlhDsaAddressType.WotsHash, keyPair);
        for (int first = 0; first < digits.Length; first += chains.Length)
        {
            int count = Math.Min(chains.Length, digits.Length - first);
            Number(chains, first);
            workspace.Prf.SetPosition(chains, 0);
            workspace.Prf.Hash(workspace.Output, count);
            workspace.Nodes.CopyTo(workspace.Single.Message);
            Walk(workspace, chains, starts[..count], digits.Slice(first, count));
            for (int i = 0; i < count; i++)
            {
                SlhDsaNodes.Write(workspace.Single.Message, i, signature.Slice((first + i) * parameters.N, parameters.N));
            }
        }
    }

    /// <summary>Algorithm 8: the public key that a signature leads to.</summary>
    public static void RecoverPublicKey(
        SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, Span<byte> publicKey)
    {
        SlhDsaParameters parameters = workspace.Parameters;
        Span<byte> digits = stackalloc byte[SlhDsaParameters.MaxChains];
        digits = digits[..parameters.Chains];
        Digits(message, digits);
        Span<byte> ends = stackalloc byte[KeccakLanes.Count];
        ends.Fill(SlhDsaParameters.ChainSteps);
        Span<byte> tips = stackalloc byte[SlhDsaParameters.MaxChains * SlhDsaParameters.MaxN];
        tips = tips[..(parameters.Chains * parameters.N)];
        Span<uint> chains = stackalloc uint[KeccakLanes.Count];
        workspace.Single.SetPurpose(SlhDsaAddressType.WotsHash, keyPair);
        for (int first = 0; first < digits.Length; first += chains.Length)
        {
            int count = Math.Min(chains.Length, digits.Length - first);
            Number(chains, first);
            for (int i = 0; i < count; i++)
            {
                SlhDsaNodes.Read(signature.Slice((first + i) * parameters.N, parameters.N), workspace.Single.Message, i);
            }

            Walk(workspace, chains, digits.Slice(first, count), ends[..count]);
            for (int i = 0; i < count; i++)
            {
                SlhDsaNodes.Write(workspace.Single.Message, i, tips.Slice((first + i) * parameters.N, parameters.N));
            }
        }

        SlhDsaAddress address = new(workspace.Layer, workspace.Tree, SlhDsaAddressType.WotsPublicKey, keyPair);
        workspace.Hash(address, tips, publicKey);
    }

    // Walks chains side by side, each from its start to its end (algorithm 5): the nodes are the message of the next step.
    private static void Walk(
        SlhDsaWorkspace workspace, ReadOnlySpan<uint> chains, ReadOnlySpan<byte> starts, ReadOnlySpan<byte> ends)
    {
        for (int step = 0; step < SlhDsaParameters.ChainSteps; step++)
        {
            workspace.Single.SetPosition(chains, (uint)step);
            workspace.Single.Hash(workspace.Output, starts.Length);
            for (int i = 0; i < starts.Length; i++)
            {
                if (starts[i] <= step && step < ends[i]) SlhDsaNodes.Move(workspace.Nodes, i, workspace.Single.Message, i);
            }
        }
    }

    private static void Number(Span<uint> chains, int first)
    {
        for (int i = 0; i < chains.Length; i++) chains[i] = (uint)(first + i);
    }

    /// <summary>Leaves of a tree of one-time keys: their compressed public keys (algorithm 6), a key pair in each place.</summary>
    public readonly struct Leaves : ISlhDsaLeaves
    {
        public static void Make(SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<uint> indices)
        {
            workspace.List.StartWotsPublicKeys(workspace.PublicSeed, workspace.Layer, workspace.Tree, indices);
            SlhDsaBlock single = workspace.Single;
            workspace.Prf.SetPurpose(workspace.Parameters.Form.WotsSecrets, indices);
            single.SetPurpose(SlhDsaAddressType.WotsHash, indices);
            for (uint chain = 0; chain < workspace.Parameters.Chains; chain++)
            {
                workspace.Prf.SetPosition(chain, 0);
                workspace.Prf.Hash(workspace.Output);
                for (uint step = 0; step < SlhDsaParameters.ChainSteps; step++)
                {
                    workspace.Nodes.CopyTo(single.Message);
                    single.SetPosition(chain, step);
                    single.Hash(workspace.Output);
                }

                workspace.List.Absorb(workspace.Nodes);
            }

            workspace.List.Finish(workspace.Output);
        }
    }
}
