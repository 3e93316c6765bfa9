using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// The certificate and key files of one folder, chosen by their content. Those that do not parse are left out here: each file is
/// checked for itself, too.
/// </summary>
internal sealed class CertificateFolder : IDisposable
{
    private const long MaxSize = 1024 * 1024;

    private CertificateFolder(string folder)
    {
        Roots = Load(folder, ".qrr", static data => RootCertificate.Parse(data));
        Servers = Load(folder, ".qrc", static data => ServerCertificate.Parse(data));
        RootKeys = Load(folder, ".qsk", static data => RootKey.Parse(data));
        ServerKeys = Load(folder, ".qsk", static data => ServerKey.Parse(data));
        Texts = Load(folder, ".txt", PrintedCertificate.Read);
    }

    public List<FolderFile<RootCertificate>> Roots { get; }

    public List<FolderFile<ServerCertificate>> Servers { get; }

    public List<FolderFile<RootKey>> RootKeys { get; }

    public List<FolderFile<ServerKey>> ServerKeys { get; }

    public List<FolderFile<PrintedCertificate>> Texts { get; }

    public static CertificateFolder Beside(VectorFile file) => new(file.Folder);

    /// <summary>The signed server certificates whose root and key are here as well.</summary>
    public IEnumerable<CertificateChain> Chains =>
        from server in Servers
        where server.Value.IsSigned
        from root in Roots
        where root.Value.SerialNumber == server.Value.RootSerialNumber
        from key in ServerKeys
        where key.Value.SerialNumber == server.Value.SerialNumber
        select new CertificateChain(root.Value, server.Value, key.Bytes);

    public void Dispose()
    {
        foreach (FolderFile<RootKey> key in RootKeys) key.Value.Dispose();
        foreach (FolderFile<ServerKey> key in ServerKeys) key.Value.Dispose();
    }

    private static List<FolderFile<T>> Load<T>(string folder, string extension, Func<byte[], T> parse)
    {
        List<FolderFile<T>> files = [];
        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            bool wanted = Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase);
            if (!wanted || new FileInfo(path).Length > MaxSize) continue;
            byte[] data = File.ReadAllBytes(path);
            try
            {
                files.Add(new FolderFile<T>(Path.GetFileName(path), data, parse(data)));
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException)
            {
                // Not of this kind, or damaged.
            }
        }

        return files;
    }
}
