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
        checks.Check("key pair", () => CheckPair(key));
        string publicFile = Path.ChangeExtension(file.FullPath, PublicKeyKind.Extension);
        if (!File.Exists(publicFile)) return;
        checks.Check("public key", () =>
        {
            byte[] recorded = File.ReadAllBytes(publicFile);
            Expect.Equal("public key file", recorded, key.GetPublicKey(QsmpPublicKey.Parse(recorded).Mode).ToBytes());
        });
    }

    // The SPHINCS+ keys that were recorded are of the older, incompatible form (§1.6): parsing has compared their halves, and a signature
    // of FIPS 205 would not verify under them.
    private static void CheckPair(QsmpPrivateKey key)
    {
        if (key.Suite.Signature.Name.StartsWith("SLH-DSA", StringComparison.Ordinal)) return;
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(RandomSource.System, key.Identity, signature);
        Expect.True("the two keys are no pair", key.Suite.Signature.Verify(key.VerificationKey, key.Identity, signature));
    }
}
