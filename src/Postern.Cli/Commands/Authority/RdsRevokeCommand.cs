using System.CommandLine;
using Postern.Authority.Records;
using Postern.Authority.Service;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Authority;

/// <summary><c>postern rds revoke</c>: revokes by the service, which publishes at once.</summary>
internal static class RdsRevokeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> certificate = RootOptions.Certificated();
        Option<string> reason = new("--reason") { Description = "Why.", HelpName = "REASON", Required = true };
        reason.AcceptOnlyFromAmong([.. RecordText.Reasons]);
        RdsAdministration service = new();
        DetailedCommand command = new(
            "revoke",
            "Revoke a certificate by the service; the list is published at once.",
            """
            With key-compromise, those that were renewed with the stolen key are revoked too.

            Examples:
              postern rds revoke server.qrc --reason key-compromise --service rds.example.org --root root.qrr --service-cert rds.qrc --admin-token-file admin
            """)
        {
            certificate, reason,
        };
        service.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            string serial = CertificateSerial.Resolve(new KeyFiles(terminal), result.GetRequiredValue(certificate));
            terminal.WriteJson(await service.CallAsync(
                result, terminal, HttpMethod.Post, "revoke", new RevokeCall(serial, result.GetRequiredValue(reason)), cancellationToken));
            return ExitCode.Success;
        });
        return command;
    }
}
