using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli.Commands;
using Postern.Cli.Configuration;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;

namespace Postern.Cli.Posture;

/// <summary>Reads the command lines of services, as unit files have them.</summary>
internal static class AuditedServices
{
    /// <summary>The services of one command line: several for <c>run</c>.</summary>
    /// <param name="terminal">Reads the environment.</param>
    /// <param name="root">The command <c>postern</c>.</param>
    /// <param name="line">Such as <c>expose --config /etc/postern/web.json</c>, with or without the program.</param>
    /// <exception cref="CommandException">It is none that could run.</exception>
    public static IEnumerable<AuditedService> Read(CommandTerminal terminal, Command root, string line)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(line)];
        if (words.Length > 0 && Path.GetFileName(words[0]) is "postern" or "Postern.Cli") words = words[1..];
        string origin = string.Join(' ', words.Select(AuditedService.WithoutPassword));
        ParseResult given = root.Parse(words);
        if (given.CommandResult.Command is not DaemonCommand { ConfigurationFile: { } file } command) throw new CommandException(ExitCode.Usage, $"'{origin}' is no command that stays.");
        ParseResult effective = Parse(terminal, root, words, origin);
        return command.Name == RunCommand.Name
            ? ConfiguredTunnel.ReadAll(root, ConfigurationFile.Read(effective.GetValue(file)!), command)
                .Select(tunnel => new AuditedService($"{effective.GetValue(file)}: {tunnel.Name}", tunnel.Result, tunnel.Result))
                .Prepend(new AuditedService(origin, effective, given))
            : [new AuditedService(origin, effective, given)];
    }

    private static ParseResult Parse(CommandTerminal terminal, Command root, string[] words, string origin)
    {
        try
        {
            return new ConfiguredCommand(terminal, root, words).ParseValid();
        }
        catch (CommandException exception)
        {
            throw new CommandException(exception.ExitCode, $"'{origin}': {exception.Message}");
        }
    }
}
