using Postern.Qstp.Certificates;

namespace Postern.Qstp.Revocation;

/// <summary>The monitors of a server's roots: one a root.</summary>
internal sealed class RevocationMonitors(IReadOnlyList<RevocationMonitor> monitors)
{
    /// <summary>Nobody asks for revocations.</summary>
    public static RevocationMonitors None { get; } = new([]);

    public IReadOnlyList<RevocationMonitor> All => monitors;

    /// <summary>The revocation of a certificate that is known now, or null.</summary>
    public RevocationEntry? RevocationOf(ServerCertificate certificate) =>
        monitors.FirstOrDefault(monitor => monitor.IsFor(certificate))?.Current?.Find(certificate.SerialNumber);

    /// <summary>What the monitor of the certificate's root knows; null where nobody asks.</summary>
    /// <exception cref="ArgumentException">There are monitors, and none is of the certificate's root: it would never be found revoked.</exception>
    public CertificateStanding? StandingOf(ServerCertificate certificate)
    {
        if (monitors.Count == 0) return null;
        RevocationMonitor monitor = monitors.FirstOrDefault(monitor => monitor.IsFor(certificate)) ?? monitors[0];
        return monitor.StandingOf(certificate);
    }
}
