using Postern.Cryptography;

namespace Postern.Tests.Support;

/// <summary>Gives out the same bytes at every draw, which must be as long.</summary>
internal sealed class FixedRandom(byte[] bytes) : RandomSource
{
    public override void Fill(Span<byte> destination)
    {
        Assert.Equal(bytes.Length, destination.Length);
        bytes.CopyTo(destination);
    }
}
