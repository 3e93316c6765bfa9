using Postern.Conformance.Replay;
using Postern.Cryptography;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A private key file, and the public one beside it. (QSMP §1.14)</summary>
internal sealed class PrivateKeyKind : IVectorKind
{
    public const string Extension = ".qskey";

    public string? Recognise(VectorFile file) => file.HasExtension(Extension) ? "qsmp private key" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Parse(file.Bytes);
        checks.Check("file", () =>
        {
            using SecretBytes written = key.ToSecretBytes();
            Expect.Equal("written again", file.Bytes, written.Span);
        });
        checks.Check("key pair", () => CheckPair(key, file.Bytes));
        string publicFile = Path.ChangeExtension(file.FullPath, PublicKeyKind.Extension);
        if (!File.Exists(publicFile)) return;
        checks.Check("public key", () =>
        {
            byte[] recorded = File.ReadAllBytes(publicFile);
            Expect.Equal("public key file", recorded, key.GetPublicKey(QsmpPublicKey.Parse(recorded).Mode).ToBytes());
        });
    }

    // The SPHINCS+ keys that were recorded are of the form before FIPS 205 (§1.6); Postern's are of the standard.
    private static void CheckPair(QsmpPrivateKey key, ReadOnlySpan<byte> file)
    {
        if (OlderForm(key.Suite.Signature) is { } older && IsPair(older, key, file)) return;
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(RandomSource.System, key.Identity, signature);
        Expect.True("the two keys are no pair", key.Suite.Signature.Verify(key.VerificationKey, key.Identity, signature));
    }

    private static SignatureAlgorithm? OlderForm(SignatureAlgorithm algorithm) => algorithm.Name switch
    {
        "SLH-DSA-SHAKE-128s" => SignatureAlgorithm.SphincsPlusRound3Shake128sRobust,
        "SLH-DSA-SHAKE-192s" => SignatureAlgorithm.SphincsPlusRound3Shake192sRobust,
        "SLH-DSA-SHAKE-256s" => SignatureAlgorithm.SphincsPlusRound3Shake256sRobust,
        _ => null,
    };

    // The file ends in SK.seed || SK.prf || PK.seed || PK.root || verification key: the three seeds give the public key again.
    private static bool IsPair(SignatureAlgorithm algorithm, QsmpPrivateKey key, ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> recorded = file[^(algorithm.SigningKeySize + algorithm.VerificationKeySize)..^algorithm.VerificationKeySize];
        byte[] seeds = recorded[..(algorithm.SigningKeySize / 4 * 3)].ToArray();
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        using SecretBytes signingKey = new(algorithm.SigningKeySize);
        algorithm.GenerateKeyPair(new ScriptedRandom(seeds), verificationKey, signingKey.Span);
        return key.VerificationKey.SequenceEqual(verificationKey);
    }
}
