using BenchmarkDotNet.Attributes;
using Postern.Cryptography;

namespace Postern.Benchmarks;

/// <summary>ML-KEM, Kyber-1280 and Classic McEliece: key generation, encapsulation, decapsulation.</summary>
public class KemBenchmarks
{
    private byte[] _publicKey = [];
    private byte[] _secretKey = [];
    private byte[] _ciphertext = [];
    private readonly byte[] _secret = new byte[32];

    [ParamsSource(nameof(Algorithms))]
    public KemAlgorithm Algorithm { get; set; } = KemAlgorithm.MLKem768;

    public static IEnumerable<KemAlgorithm> Algorithms =>
    [
        KemAlgorithm.MLKem512,
        KemAlgorithm.MLKem768,
        KemAlgorithm.MLKem1024,
        KemAlgorithm.Kyber1280,
        KemAlgorithm.McEliece348864,
        KemAlgorithm.McEliece460896,
        KemAlgorithm.McEliece6688128,
        KemAlgorithm.McEliece6960119,
        KemAlgorithm.McEliece8192128,
    ];

    [GlobalSetup]
    public void Setup()
    {
        _publicKey = new byte[Algorithm.PublicKeySize];
        _secretKey = new byte[Algorithm.SecretKeySize];
        _ciphertext = new byte[Algorithm.CiphertextSize];
        Algorithm.GenerateKeyPair(_publicKey, _secretKey);
        if (!Algorithm.TryEncapsulate(_publicKey, _ciphertext, _secret)) throw new InvalidOperationException("A fresh key is valid.");
    }

    [Benchmark]
    public void GenerateKeyPair() => Algorithm.GenerateKeyPair(_publicKey, _secretKey);

    [Benchmark]
    public bool Encapsulate() => Algorithm.TryEncapsulate(_publicKey, _ciphertext, _secret);

    [Benchmark]
    public bool Decapsulate() => Algorithm.Decapsulate(_secretKey, _ciphertext, _secret);
}
