using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>The root's signature over the log's head.</summary>
internal static class AuditSignature
{
    private const string Context = "Postern audit head v1";

    public static byte[] Sign(RootKey key, AuditHead head)
    {
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(RandomSource.System, Message(head), signature);
        return signature;
    }

    public static bool Verify(RootCertificate root, AuditHead head, ReadOnlySpan<byte> signature) =>
        signature.Length == root.Suite.Signature.SignatureSize && root.Suite.Signature.Verify(root.VerificationKey, Message(head), signature);

    // 73 bytes: what the same key signs of a certificate has 32, so neither can be taken for the other.
    private static byte[] Message(AuditHead head) => new AuditEncoding().Text(Context).Number(head.Number).Bytes(head.Hash.Span).ToBytes();
}
