using Microsoft.Extensions.Logging;
using Postern.Qstp.Certificates;

namespace Postern.Qstp.Revocation;

/// <summary>Says which of a server's own certificates were revoked, each once, and that none is left.</summary>
internal sealed class IdentityReview(IReadOnlyList<ServerIdentity> identities, RevocationMonitors monitors, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = [];
    private bool _saidNobody;

    public void Run(ILogger logger)
    {
        lock (_lock)
        {
            bool isAnyRevoked = false;
            bool isAnyServed = false;
            foreach (ServerCertificate certificate in identities.Select(identity => identity.Certificate))
            {
                if (monitors.RevocationOf(certificate) is { } entry)
                {
                    isAnyRevoked = true;
                    if (_said.Add(certificate.SerialNumber)) RevocationLog.IdentityRevoked(logger, certificate.SerialNumber, entry.RevokedAt, entry.ReasonName);
                }
                else if (clock.GetUtcNow() <= certificate.ValidTo)
                {
                    isAnyServed = true;
                }
            }

            bool isNobody = isAnyRevoked && !isAnyServed;
            if (isNobody && !_saidNobody) RevocationLog.NobodyServed(logger);
            _saidNobody = isNobody;
        }
    }
}
