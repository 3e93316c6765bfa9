using System.Net;
using Postern.Authority.Service;
using Postern.Cli.Commands.Authority;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Renewing;

/// <summary>Which certificate is renewed, by whom, and when.</summary>
internal sealed record RenewalPlan
{
    public required CommandTerminal Terminal { get; init; }

    public required EndPoint Service { get; init; }

    /// <summary>Where the service's certificate is: a file or an address, read anew each time.</summary>
    public required string ServiceCertificate { get; init; }

    public required RootCertificate Root { get; init; }

    public required VerificationPolicy Policy { get; init; }

    public required string CertificatePath { get; init; }

    public required string KeyPath { get; init; }

    /// <summary>How long before the end; null for a third of the certificate's time.</summary>
    public TimeSpan? Before { get; init; }

    public TimeProvider Clock => Terminal.Clock;

    /// <summary>When to renew: up to a tenth earlier than it has to be, so that servers of one day do not come at one moment.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="chance">0 to 1.</param>
    public DateTimeOffset DueDate(ServerCertificate certificate, double chance)
    {
        TimeSpan before = Before ?? ((certificate.ValidTo - certificate.ValidFrom) / 3);
        return certificate.ValidTo - before - (before * 0.1 * chance);
    }

    public async Task<EnrolmentClient> ConnectAsync(CancellationToken cancellationToken) =>
        new(Service, Root, await ServiceArguments.LoadAsync(Terminal, ServiceCertificate, cancellationToken), Policy);
}
