using BenchmarkDotNet.Attributes;
using Postern.Cryptography;

namespace Postern.Benchmarks;

/// <summary>The permutation alone, of one state and of eight side by side, and hashing of 16 KiB.</summary>
public class KeccakBenchmarks
{
    private readonly byte[] _data = new byte[16 * 1024];
    private readonly byte[] _digest = new byte[32];
    private readonly KeccakLanes _lanes = new();
    private KeccakState _state;

    [Benchmark]
    public void Permute() => _state.Permute();

    [Benchmark]
    public void PermuteEight() => _lanes.Permute();

    [Benchmark]
    public void Sha3256() => Sha3.HashData256(_data, _digest);
}
