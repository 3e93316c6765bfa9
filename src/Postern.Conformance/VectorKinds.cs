using Postern.Conformance.Kinds.Primitives;
using Postern.Conformance.Kinds.Qsmp;
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
        new SlhDsaKind(),
        new McElieceKind(),
        new EncodingKind(),
        new CertificateSetKind(),
        new Kinds.Qstp.SessionKind(),
        new ServerRepliesKind(),
        new ExternalRootKind(),
        new RootCertificateKind(),
        new ServerCertificateKind(),
        new SigningKeyKind(),
        new CertificateTextKind(),
        new Kinds.Qsmp.SessionKind(),
        new FailureCasesKind(),
        new PrivateKeyKind(),
        new PublicKeyKind(),
    ];
}
