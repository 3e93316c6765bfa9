using System.CommandLine;
using Postern.Cli.Commands.Authority;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern rds</c>: the root domain security server.</summary>
internal static class RdsCommands
{
    public static Command Create(CommandTerminal terminal) => new DetailedCommand(
        "rds",
        "The root as a service: servers enrol and renew by themselves, revocations are published.",
        """
        Examples:
          postern rds serve --root-cert root/root_public_cert.qrr --root-key root/root_secret_key.qsk --passphrase-file pass
          postern rds token --name '*.example.org' --expires 24h --service rds.example.org --root root.qrr --service-cert rds.qrc --admin-token-file rds_admin_token
        """)
    {
        RdsServeCommand.Create(terminal),
        RdsTokenCommand.Create(terminal),
        RdsRevokeCommand.Create(terminal),
        RdsRequestsCommand.Create(terminal),
        RdsDecisionCommand.Create(terminal, "approve", "Issue the certificate of a request that waits."),
        RdsDecisionCommand.Create(terminal, "refuse", "Refuse a request that waits."),
    };
}
