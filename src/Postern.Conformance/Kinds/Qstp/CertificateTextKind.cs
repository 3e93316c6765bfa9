namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A printed certificate by itself. (QSTP §5.6)</summary>
internal sealed class CertificateTextKind : IVectorKind
{
    public string? Recognise(VectorFile file) => file.HasExtension(".txt") && PrintedCertificate.IsPrinted(file.Bytes) ? "certificate text" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        PrintedCertificate printed = PrintedCertificate.Read(file.Bytes);
        checks.Check("file", () => printed.CheckAgainst(printed.Certificate));
    }
}
