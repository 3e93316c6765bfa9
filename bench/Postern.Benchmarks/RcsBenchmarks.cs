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
    private byte[] _message = [];
    private byte[] _output = [];

    [Params(64, 1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _message = new byte[Size];
        _output = new byte[Size + 64];
    }

    [Benchmark]
    public void SealRcs256() => _rcs256.Seal(_header, _message, _output.AsSpan(0, Size + 32));

    [Benchmark]
    public void SealRcs512() => _rcs512.Seal(_header, _message, _output.AsSpan(0, Size + 64));

    [Benchmark(Baseline = true)]
    public void EncryptAesGcm() => _aesGcm.Encrypt(_nonce, _message, _output.AsSpan(0, Size), _tag, _header);

    [Benchmark]
    public void EncryptChaCha20Poly1305() => _chacha.Encrypt(_nonce, _message, _output.AsSpan(0, Size), _tag, _header);
}
