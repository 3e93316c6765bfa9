namespace Postern.Cryptography.Tests;

/// <summary>As many bytes as wanted, the same ones for the same seed.</summary>
internal sealed class SeededRandomSource(int seed) : RandomSource
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
