using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>One message to be opened in a batch, as <see cref="RcsCipher.TryOpen"/> would.</summary>
/// <param name="Cipher">The state; no other job of the batch has it.</param>
/// <param name="AssociatedData">What the sender gave as such.</param>
/// <param name="SealedMessage">The ciphertext, then the tag. One that is shorter than a tag fails.</param>
/// <param name="Plaintext">Gets the message, if it is genuine. It may start exactly where the sealed message does.</param>
/// <param name="IsTentative">
/// A message that is not genuine leaves the state as it was, as <see cref="RcsCipher.TryOpenTentatively"/> does; otherwise it ends it.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RcsOpenJob(
    RcsCipher Cipher, ReadOnlyMemory<byte> AssociatedData, ReadOnlyMemory<byte> SealedMessage, Memory<byte> Plaintext, bool IsTentative = false)
    : IRcsBatchJob
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Ciphertext => SealedMessage[..Plaintext.Length];

    /// <inheritdoc/>
    public void Check() => Cipher.CanOpen(SealedMessage.Span, Plaintext.Span);

    /// <inheritdoc/>
    public bool RunAlone() => IsTentative
        ? Cipher.TryOpenTentatively(AssociatedData.Span, SealedMessage.Span, Plaintext.Span)
        : Cipher.TryOpen(AssociatedData.Span, SealedMessage.Span, Plaintext.Span);

    /// <inheritdoc/>
    public bool TryBegin() => Cipher.CanOpen(SealedMessage.Span, Plaintext.Span) || Refuse();

    /// <inheritdoc/>
    public bool Complete(ref KeccakState macState)
    {
        Span<byte> tag = stackalloc byte[RcsParameters.MaxTagSize];
        tag = tag[..Cipher.TagSize];
        macState.CopyTo(0, tag);
        bool genuine = CryptographicOperations.FixedTimeEquals(tag, SealedMessage.Span[Plaintext.Length..]);
        CryptographicOperations.ZeroMemory(tag);
        if (!genuine) return Refuse();
        MemoryMarshal.AsRef<KeccakState>(Cipher.MacState) = macState;
        Cipher.Transform(Ciphertext.Span, Plaintext.Span);
        return true;
    }

    private bool Refuse()
    {
        if (!IsTentative) Cipher.Fail();
        return false;
    }
}
