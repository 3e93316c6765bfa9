using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>The roots that the command line names, in its order.</summary>
internal sealed class LoadedRoots
{
    private readonly List<RootCertificate> _certificates;

    public LoadedRoots(IReadOnlyList<string> paths, IEnumerable<RootCertificate> certificates)
    {
        _certificates = [.. certificates];
        Trusted = new TrustedRoots(_certificates);
        PathText = string.Join(", ", paths);
    }

    public TrustedRoots Trusted { get; }

    /// <summary>The files, for messages.</summary>
    public string PathText { get; }

    /// <summary>Which one a root is, from 0.</summary>
    public int IndexOf(RootCertificate root) => _certificates.FindIndex(root.IsSameAs);

    /// <summary>The root that a certificate names, else the first: to say of it what is wrong.</summary>
    public RootCertificate Nearest(ServerCertificate certificate) =>
        _certificates.Find(root => root.SerialNumber == certificate.RootSerialNumber) ?? _certificates[0];
}
