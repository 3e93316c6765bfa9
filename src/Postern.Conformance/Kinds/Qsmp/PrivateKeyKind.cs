using System.Text;
using Postern.Cryptography;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A private key file, and the public one beside it. (QSMP §1.14)</summary>
internal sealed class PrivateKeyKind : IVectorKind
{
    public const string Extension = ".qskey";

    public string? Recognise(VectorFile file) => file.HasExtension(Extension) ? "qsmp private key" : null;

    /// <summary>Looks at the configuration, which comes first.</summary>
    /// <exception cref="UnsupportedVectorException">It is a key of a set that this build does not have.</exception>
    public static void ThrowIfUnsupported(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> field = key[..Math.Min(key.Length, QsmpProtocol.ConfigurationFieldSize)];
        UnsupportedSet.ThrowIfNamed(Encoding.Latin1.GetString(field.TrimEnd((byte)0)));
    }

    public void Run(VectorFile file, CheckList checks)
    {
        ThrowIfUnsupported(file.Bytes);
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

    private static void CheckPair(QsmpPrivateKey key)
    {
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(RandomSource.System, key.Identity, signature);
        Expect.True("the two keys are no pair", key.Suite.Signature.Verify(key.VerificationKey, key.Identity, signature));
    }
}
