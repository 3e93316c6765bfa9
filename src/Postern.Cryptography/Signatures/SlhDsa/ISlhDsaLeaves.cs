namespace Postern.Cryptography;

/// <summary>What a tree's leaves are made of.</summary>
internal interface ISlhDsaLeaves
{
    /// <summary>Makes the eight leaves of these indices, in <see cref="SlhDsaWorkspace.Nodes"/>.</summary>
    static abstract void Make(SlhDsaWorkspace workspace, uint keyPair, ReadOnlySpan<uint> indices);
}
