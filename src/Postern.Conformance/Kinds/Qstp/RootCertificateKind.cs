using Postern.Conformance.Replay;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A root certificate's file by itself. (QSTP §5.1, §5.5)</summary>
internal sealed class RootCertificateKind : IVectorKind
{
    public string? Recognise(VectorFile file) => file.HasExtension(".qrr") ? "root certificate" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        RootCertificate root = RootCertificate.Parse(file.Bytes);
        checks.Check("file", () => Expect.Equal("written again", file.Bytes, root.ToBytes()));
        checks.Check("hash", () => Expect.Equal("signed hash", root.SignedHash, root.ComputeHash()));
        if (root.Authority is not null) return; // The authority's key is elsewhere.
        RecordedClock clock = new(root.ValidFromSeconds);
        checks.Check("signature", () => root.VerifySelf(new VerificationPolicy { Clock = clock }));
    }
}
