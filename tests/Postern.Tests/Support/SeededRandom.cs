using Postern.Cryptography;

namespace Postern.Tests.Support;

/// <summary>Random bytes that are the same in every run.</summary>
internal sealed class SeededRandom(int seed) : RandomSource
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
