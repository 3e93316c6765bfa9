using System.CommandLine;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Configuration;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern run</c>: many tunnels in one process, from a file.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create(CommandTerminal terminal)
    {
        DaemonOptions daemon = new();
        DaemonCommand command = new(
            Name,
            "Run the tunnels of a configuration file in one process.",
            """
            The file is one JSON object, in which comments are allowed. What concerns the process (drain-timeout, admin-listen, log-format, …) stands at its top, by
            the options' long names; "tunnels" is a list of objects, each with "command", a "name" for messages, and that command's options. If one of them cannot start, none runs.

            Examples:
              postern run --config /etc/postern/tunnels.json
            """);
        daemon.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(daemon.ConfigurationFile) is null or { Implicit: true }) result.AddError("--config FILE is needed: the tunnels are there.");
        });
        daemon.Run(command, terminal, async (result, context, stop) =>
        {
            TunnelSet set = await TunnelSet.StartAsync(Read(result), context, stop);
            return set.AsService(Read);
        });
        return command;

        IReadOnlyList<ConfiguredTunnel> Read(ParseResult result) =>
            ConfiguredTunnel.ReadAll(result.RootCommandResult.Command, ConfigurationFile.Read(result.GetValue(daemon.ConfigurationFile)!), command);
    }
}
