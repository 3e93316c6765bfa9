using Postern.Conformance.Replay;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A server certificate's file, signed or not, by itself and, if its root stands beside it, under that. (QSTP §5.2)</summary>
internal sealed class ServerCertificateKind : IVectorKind
{
    public string? Recognise(VectorFile file) => file.HasExtension(".qrc") ? "server certificate" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        ServerCertificate certificate = ServerCertificate.Parse(file.Bytes);
        checks.Check("file", () => Expect.Equal("written again", file.Bytes, certificate.ToBytes()));
        if (!certificate.IsSigned) return;
        checks.Check("hash", () => Expect.Equal("signed hash", certificate.SignedHash, certificate.ComputeHash()));

        using CertificateFolder folder = CertificateFolder.Beside(file);
        RecordedClock clock = new(certificate.ValidFromSeconds);
        foreach (FolderFile<RootCertificate> root in folder.Roots.Where(root => root.Value.SerialNumber == certificate.RootSerialNumber))
        {
            checks.Check($"signature of {root.Name}", () => root.Value.Verify(certificate, new VerificationPolicy { Clock = clock }));
        }
    }
}
