using System.Text.Json;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A root that an outside authority signed, with the authority's key; the certificate stands beside it. (QSTP §5.5)</summary>
internal sealed class ExternalRootKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.HasAll("ext_root_hash", "keyid", "authority_verification_key", "authority", "scheme") ? "qstp external root" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        using CertificateFolder folder = CertificateFolder.Beside(file);
        string keyId = Convert.ToHexString(file.Json.Bytes("keyid"));
        FolderFile<RootCertificate>[] roots = [.. folder.Roots.Where(root => root.Value.Authority?.KeyId == keyId)];
        if (roots.Length == 0) throw new FormatException("no root certificate with this key id stands beside this file");
        foreach (FolderFile<RootCertificate> root in roots) Check(file.Json, root, folder, checks);
    }

    private static void Check(JsonElement json, FolderFile<RootCertificate> file, CertificateFolder folder, CheckList checks)
    {
        RootCertificate root = file.Value;
        checks.Check($"fields of {file.Name}", () =>
        {
            Expect.Equal("authority", json.Text("authority"), root.Authority!.Name);
            Expect.Equal("scheme", json.Number("scheme"), root.Authority.SchemeId);
            Expect.Equal("ext_root_hash", json.Bytes("ext_root_hash"), root.ComputeHash());
            Expect.Equal("written again", file.Bytes, root.ToBytes());
        });
        checks.Check("authority's signature", () =>
        {
            if (root.Authority!.Scheme is null) throw new UnsupportedVectorException("the authority's scheme is not in this build");
            root.VerifyAuthority(json.Bytes("authority_verification_key"));
        });
        foreach (FolderFile<PrintedCertificate> text in folder.TextsFor(root))
        {
            checks.Check($"text in {text.Name}", () => text.Value.CheckAgainst(root));
        }
    }
}
