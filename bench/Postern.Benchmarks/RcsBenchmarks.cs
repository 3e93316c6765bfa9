using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Postern.Cryptography;

namespace Postern.Benchmarks;

/// <summary>RCS-256 and RCS-512 beside what .NET users have: AES-256-GCM and ChaCha20-Poly1305 of the platform.</summary>
public class RcsBenchmarks
{
    private readonly RcsCipher _rcs256 = new(RcsParameters.Rcs256, new byte[32], new byte[32]);
    private readonly RcsCipher _rcs512 = new(RcsParameters.Rcs512, new byte[64], new byte[32]);
    private readonly AesGcm _aesGcm = new(new byte[32], 16);
    private readonly ChaCha20Poly1305 _chacha = new(new byte[32]);
    private readonly byte[] _header = new byte[21];
    private readonly byte[] _nonce = new byte[12];
    private readonly byte[] _tag = new byte[16];
    private readonly RcsBatch _batch = new();
    private readonly RcsSealJob[] _jobs = new RcsSealJob[8];
    private byte[] _message = [];
    private byte[] _output = [];
    private byte[] _blocks = [];
    private KeccakState _state;

    [Params(64, 1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _message = new byte[Size];
        _output = new byte[Size + 64];
        for (int i = 0; i < _jobs.Length; i++)
        {
            _jobs[i] = new RcsSealJob(new RcsCipher(RcsParameters.Rcs256, new byte[32], new byte[32]), _header, _message, new byte[Size + 32]);
        }

        // Header and its length, counter, message, length, trailer.
        int permutations = (21 + 4 + 32 + Size + 8 + 4 + KeccakRate.Bits256 - 1) / KeccakRate.Bits256;
        _blocks = new byte[permutations * KeccakRate.Bits256];
    }

    [Benchmark]
    public void SealRcs256() => _rcs256.Seal(_header, _message, _output.AsSpan(0, Size + 32));

    [Benchmark]
    public void SealRcs256EightAtOnce() => _batch.Seal(_jobs);

    /// <summary>The permutations of one packet's MAC and nothing else: no RCS-256 of one packet can be faster.</summary>
    [Benchmark]
    public void KeccakOfRcs256() => KeccakPermutation.AbsorbBlocks(ref _state, _blocks, KeccakRate.Bits256);

    [Benchmark]
    public void SealRcs512() => _rcs512.Seal(_header, _message, _output.AsSpan(0, Size + 64));

    [Benchmark(Baseline = true)]
    public void EncryptAesGcm() => _aesGcm.Encrypt(_nonce, _message, _output.AsSpan(0, Size), _tag, _header);

    [Benchmark]
    public void EncryptChaCha20Poly1305() => _chacha.Encrypt(_nonce, _message, _output.AsSpan(0, Size), _tag, _header);
}
