namespace Postern.Cryptography.Tests;

/// <summary>Gives out zero bytes, and disposes of something while they are drawn: in the middle of a signature.</summary>
internal sealed class DisposingRandomSource(IDisposable owned) : RandomSource
{
    public override void Fill(Span<byte> destination)
    {
        owned.Dispose();
        destination.Clear();
    }
}
