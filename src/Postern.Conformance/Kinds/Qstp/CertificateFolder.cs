using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// The certificate and key files of one folder, chosen by their content. Those that do not parse are named in
/// <see cref="Unreadable"/>.
/// </summary>
internal sealed class CertificateFolder : IDisposable
{
    private const long MaxSize = 1024 * 1024;

    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    private CertificateFolder(string folder)
    {
        Roots = Load(folder, ".qrr", static data => RootCertificate.Parse(data));
        Servers = Load(folder, ".qrc", static data => ServerCertificate.Parse(data));
        RootKeys = Load(folder, ".qsk", static data => RootKey.Parse(data));
        ServerKeys = Load(folder, ".qsk", static data => ServerKey.Parse(data));
        Texts = Load(folder, ".txt", PrintedCertificate.Read);

        // A key file is of one kind or the other, and a text may be about anything.
        _unreadable.ExceptWith(RootKeys.Select(static key => key.Name).Concat(ServerKeys.Select(static key => key.Name)));
    }

    public List<FolderFile<RootCertificate>> Roots { get; }

    public List<FolderFile<ServerCertificate>> Servers { get; }

    public List<FolderFile<RootKey>> RootKeys { get; }

    public List<FolderFile<ServerKey>> ServerKeys { get; }

    public List<FolderFile<PrintedCertificate>> Texts { get; }

    /// <summary>Names of certificate and key files that are no such file of a set that this build has.</summary>
    public IReadOnlyCollection<string> Unreadable => _unreadable;

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

    /// <summary>The texts of certificates of this kind, without those that belong to another certificate here.</summary>
    public IEnumerable<FolderFile<PrintedCertificate>> TextsFor(Certificate certificate)
    {
        IEnumerable<Certificate> all = [.. Roots.Select(static root => root.Value), .. Servers.Select(static server => server.Value)];
        HashSet<string> others = [.. all.Select(static other => other.SerialNumber).Where(serial => serial != certificate.SerialNumber)];
        return Texts.Where(text => text.Value.Certificate.GetType() == certificate.GetType()
            && !others.Contains(text.Value.Certificate.SerialNumber));
    }

    public void Dispose()
    {
        foreach (FolderFile<RootKey> key in RootKeys) key.Value.Dispose();
        foreach (FolderFile<ServerKey> key in ServerKeys) key.Value.Dispose();
    }

    private List<FolderFile<T>> Load<T>(string folder, string extension, Func<byte[], T> parse)
    {
        List<FolderFile<T>> files = [];
        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            bool wanted = Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase);
            if (!wanted || new FileInfo(path).Length > MaxSize) continue; // No certificate is that large.
            byte[] data = File.ReadAllBytes(path);
            try
            {
                files.Add(new FolderFile<T>(Path.GetFileName(path), data, parse(data)));
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException)
            {
                bool isOtherText = typeof(T) == typeof(PrintedCertificate) && !PrintedCertificate.IsPrinted(data);
                if (!isOtherText) _unreadable.Add(Path.GetFileName(path));
            }
        }

        return files;
    }
}
