using System.CommandLine;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Authority;

/// <summary><c>postern rds requests</c>: requests that were handed in without a token.</summary>
internal static class RdsRequestsCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        RdsAdministration service = new();
        DetailedCommand command = new(
            "requests",
            "List the requests that were handed in without a token, as JSON.",
            """
            Examples:
              postern rds requests --service rds.example.org --root root.qrr --service-cert rds.qrc --admin-token-file admin
            """);
        service.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            terminal.WriteJson(await service.CallAsync(result, terminal, HttpMethod.Get, "requests", null, cancellationToken));
            return ExitCode.Success;
        });
        return command;
    }
}
