using Postern.Conformance.Replay;
using Postern.Cryptography;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A root or server key file by itself. (QSTP §5.3, §5.4)</summary>
internal sealed class SigningKeyKind : IVectorKind
{
    public string? Recognise(VectorFile file) => file.HasExtension(".qsk") ? "signing key" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        if (KeyContainer.IsContainer(file.Bytes)) throw new UnsupportedVectorException("the key is under a passphrase");
        using SigningKeyFile key = Parse(file.Bytes);
        checks.Check("file", () =>
        {
            using SecretBytes written = key.ToSecretBytes();
            Expect.Equal("written again", file.Bytes, written.Span);
        });
        checks.Check("key pair", () => CheckPair(key));
    }

    private static SigningKeyFile Parse(byte[] data)
    {
        bool isRoot = Postern.Qstp.QstpSuites.All.Any(suite => RootKey.SizeOf(suite) == data.Length);
        return isRoot ? RootKey.Parse(data) : ServerKey.Parse(data);
    }

    private static void CheckPair(SigningKeyFile key)
    {
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(new ScriptedRandom(ScriptedRandom.DeterministicSignature), key.Serial, signature);
        Expect.True("the two keys are no pair", key.Suite.Signature.Verify(key.VerificationKey, key.Serial, signature));
    }
}
