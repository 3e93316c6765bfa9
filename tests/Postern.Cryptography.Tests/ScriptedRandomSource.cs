namespace Postern.Cryptography.Tests;

/// <summary>Gives out the byte strings it was made with, one a draw, and fails a draw of another size: what is drawn is checked too.</summary>
internal sealed class ScriptedRandomSource(params byte[][] draws) : RandomSource
{
    private int _next;

    /// <summary>Draws that have not happened yet.</summary>
    public int Remaining => draws.Length - _next;

    public override void Fill(Span<byte> destination)
    {
        Assert.True(_next < draws.Length, "One draw more than expected.");
        Assert.Equal(draws[_next].Length, destination.Length);
        draws[_next++].CopyTo(destination);
    }
}
