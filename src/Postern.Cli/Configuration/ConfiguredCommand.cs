using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;

namespace Postern.Cli.Configuration;

/// <summary>A command line, and what the environment and a file add to it; read anew as often as one wants.</summary>
internal sealed class ConfiguredCommand(CommandTerminal terminal, Command root, IReadOnlyList<string> arguments)
{
    private ConfiguredArguments? _configured;

    /// <summary>Reads all of it.</summary>
    /// <exception cref="CommandException">The file is not what it should be.</exception>
    public ParseResult Parse()
    {
        ParseResult given = root.Parse(arguments);
        if (given.CommandResult.Command is not DaemonCommand command || AsksForHelp(given)) return given;
        string? path = command.ConfigurationFile is { } option ? given.GetValue(option) : null;
        _configured = new ConfiguredArguments(terminal.GetVariable, command);
        IReadOnlyList<string> further = _configured.Further(given, path is null ? null : ConfigurationFile.Read(path));
        return further.Count == 0 ? given : root.Parse([.. arguments, .. further]);
    }

    /// <summary>The same, where an error is an exception: what runs has something to go on with.</summary>
    /// <exception cref="CommandException">Something is not what it should be.</exception>
    public ParseResult ParseValid()
    {
        ParseResult result = Parse();
        return result.Errors.Count == 0 ? result : throw new CommandException(ExitCode.Usage, Describe(result.Errors[0]));
    }

    private static bool AsksForHelp(ParseResult given) => given.CommandResult.Children.OfType<OptionResult>().Any(result => result.Option is HelpOption);

    /// <summary>An error of what was parsed last.</summary>
    public string Describe(ParseError error) => _configured?.Describe(error) ?? error.Message;
}
