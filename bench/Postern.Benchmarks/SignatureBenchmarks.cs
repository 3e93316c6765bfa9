using BenchmarkDotNet.Attributes;
using Postern.Cryptography;

namespace Postern.Benchmarks;

/// <summary>
/// ML-DSA and SLH-DSA: key generation, hedged signing (mean, as rejections make that of ML-DSA vary), verification of a 32-byte message,
/// from the bytes of a key and with a key made ready.
/// </summary>
public class SignatureBenchmarks
{
    private readonly byte[] _message = new byte[32];
    private byte[] _verificationKey = [];
    private byte[] _signingKey = [];
    private byte[] _signature = [];
    private byte[] _scratch = [];
    private MessageSigner? _signer;
    private MessageVerifier? _verifier;

    [ParamsSource(nameof(Algorithms))]
    public SignatureAlgorithm Algorithm { get; set; } = SignatureAlgorithm.MLDsa65;

    public static IEnumerable<SignatureAlgorithm> Algorithms =>
    [
        SignatureAlgorithm.MLDsa44,
        SignatureAlgorithm.MLDsa65,
        SignatureAlgorithm.MLDsa87,
        SignatureAlgorithm.SlhDsaShake128s,
        SignatureAlgorithm.SlhDsaShake192s,
        SignatureAlgorithm.SlhDsaShake256s,
    ];

    [GlobalSetup]
    public void Setup()
    {
        _verificationKey = new byte[Algorithm.VerificationKeySize];
        _signingKey = new byte[Algorithm.SigningKeySize];
        _signature = new byte[Algorithm.SignatureSize];
        _scratch = new byte[Algorithm.SignatureSize];
        Algorithm.GenerateKeyPair(_verificationKey, _signingKey);
        Algorithm.Sign(_signingKey, _message, _signature);
        _signer = Algorithm.CreateSigner(_signingKey);
        _verifier = Algorithm.CreateVerifier(_verificationKey);
    }

    [GlobalCleanup]
    public void Cleanup() => _signer!.Dispose();

    [Benchmark]
    public void GenerateKeyPair()
    {
        byte[] verificationKey = new byte[Algorithm.VerificationKeySize];
        byte[] signingKey = new byte[Algorithm.SigningKeySize];
        Algorithm.GenerateKeyPair(verificationKey, signingKey);
    }

    [Benchmark]
    public void Sign() => Algorithm.Sign(_signingKey, _message, _scratch);

    [Benchmark]
    public bool Verify() => Algorithm.Verify(_verificationKey, _message, _signature);

    [Benchmark]
    public void SignWithReadyKey() => _signer!.Sign(_message, _scratch);

    [Benchmark]
    public bool VerifyWithReadyKey() => _verifier!.Verify(_message, _signature);
}
