namespace Postern.Cryptography;

/// <summary>One packet of a batch: what <see cref="RcsBatch"/> does with it besides the MAC.</summary>
internal interface IRcsBatchJob
{
    /// <summary>The packet's cipher state, of no other job in the batch.</summary>
    RcsCipher Cipher { get; }

    /// <summary>What the tag covers besides the message.</summary>
    ReadOnlyMemory<byte> AssociatedData { get; }

    /// <summary>The ciphertext without its tag: complete after <see cref="TryBegin"/>.</summary>
    ReadOnlyMemory<byte> Ciphertext { get; }

    /// <summary>Throws if the caller gave what does not fit, before any packet of the batch is begun.</summary>
    void Check();

    /// <summary>Does all of it with the cipher itself.</summary>
    bool RunAlone();

    /// <summary>What comes before the ciphertext can go into the MAC. False: the packet is refused and done with.</summary>
    bool TryBegin();

    /// <summary>What comes after the MAC, whose state after the packet starts with the tag. Returns the packet's result.</summary>
    bool Complete(ref KeccakState macState);
}
