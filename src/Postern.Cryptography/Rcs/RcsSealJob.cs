using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>One message to be sealed in a batch, as <see cref="RcsCipher.Seal"/> would.</summary>
/// <param name="Cipher">The state; no other job of the batch has it.</param>
/// <param name="AssociatedData">What the tag covers besides the message. It must not overlap the sealed message.</param>
/// <param name="Plaintext">The message.</param>
/// <param name="SealedMessage">Gets the ciphertext, then the tag. It may start exactly where the plaintext does.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RcsSealJob(
    RcsCipher Cipher, ReadOnlyMemory<byte> AssociatedData, ReadOnlyMemory<byte> Plaintext, Memory<byte> SealedMessage) : IRcsBatchJob
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Ciphertext => SealedMessage[..Plaintext.Length];

    /// <inheritdoc/>
    public void Check()
    {
        Cipher.CheckSeal(Plaintext.Span, SealedMessage.Span);
        CheckOverlap(AssociatedData.Span, SealedMessage.Span);
    }

    /// <inheritdoc/>
    public bool RunAlone()
    {
        Cipher.Seal(AssociatedData.Span, Plaintext.Span, SealedMessage.Span);
        return true;
    }

    /// <inheritdoc/>
    public bool TryBegin()
    {
        Cipher.Transform(Plaintext.Span, SealedMessage.Span[..Plaintext.Length]);
        return true;
    }

    /// <inheritdoc/>
    public bool Complete(ref KeccakState macState)
    {
        macState.CopyTo(0, SealedMessage.Span[Plaintext.Length..]);
        MemoryMarshal.AsRef<KeccakState>(Cipher.MacState) = macState;
        return true;
    }

    // In a batch the associated data is read after the ciphertext was written.
    private static void CheckOverlap(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedMessage)
    {
        if (!associatedData.Overlaps(sealedMessage)) return;
        throw new ArgumentException("The sealed message overlaps the associated data.", nameof(sealedMessage));
    }
}
