using System.CommandLine;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Authority;

/// <summary><c>postern rds approve</c> and <c>postern rds refuse</c>.</summary>
internal static class RdsDecisionCommand
{
    public static Command Create(CommandTerminal terminal, string decision, string summary)
    {
        Argument<string> request = new("ID") { Description = "The request's identity, as 'postern rds requests' shows it." };
        RdsAdministration service = new();
        DetailedCommand command = new(
            decision,
            summary,
            $"""
            Examples:
              postern rds {decision} 00112233445566778899AABBCCDDEEFF --service rds.example.org --root root.qrr --service-cert rds.qrc --admin-token-file admin
            """)
        {
            request,
        };
        service.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            string path = $"requests/{Uri.EscapeDataString(result.GetRequiredValue(request))}/{decision}";
            terminal.WriteJson(await service.CallAsync(result, terminal, HttpMethod.Post, path, null, cancellationToken));
            return ExitCode.Success;
        });
        return command;
    }
}
