using Postern.Conformance.Kinds.Primitives;
using Postern.Conformance.Kinds.Qstp;

namespace Postern.Conformance;

/// <summary>Every form of vector file that is known. The first that recognises a file runs it.</summary>
internal static class VectorKinds
{
    public static IReadOnlyList<IVectorKind> All { get; } =
    [
        new KeccakKind(),
        new CShakeKind(),
        new KmacKind(),
        new RcsKind(),
        new MLKemKind(),
        new MLDsaKind(),
        new UnsupportedAlgorithmKind("slh-dsa", "SLH-DSA", "keygen_rng", "sign_rng", "signed_message"),
        new McElieceKind(),
        new EncodingKind(),
        new CertificateSetKind(),
        new SessionKind(),
        new ServerRepliesKind(),
        new ExternalRootKind(),
        new RootCertificateKind(),
        new ServerCertificateKind(),
        new SigningKeyKind(),
        new CertificateTextKind(),
    ];
}
