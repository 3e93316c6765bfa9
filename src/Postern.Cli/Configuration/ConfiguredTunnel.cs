using System.CommandLine;
using Postern.Cli.Daemons;

namespace Postern.Cli.Configuration;

/// <summary>One of the tunnels of <c>postern run</c>: a command with the options that the file gives it.</summary>
internal sealed class ConfiguredTunnel
{
    private const string CommandEntry = "command";
    private const string NameEntry = "name";

    private readonly DaemonCommand _command;
    private readonly ConfigurationPlace _place;

    private ConfiguredTunnel(string name, DaemonCommand command, ParseResult result, ConfigurationPlace place)
    {
        Name = name;
        _command = command;
        Result = result;
        _place = place;
    }

    public string Name { get; }

    public string CommandName => _command.Name;

    /// <summary>As if it had been typed.</summary>
    public ParseResult Result { get; }

    /// <summary>Reads the tunnels of a file.</summary>
    /// <param name="root">The command <c>postern</c>.</param>
    /// <param name="file">The file.</param>
    /// <param name="owner">The command that runs them, whose options are the process's.</param>
    /// <exception cref="CommandException">Something is wrong with one; the message has line and column.</exception>
    public static IReadOnlyList<ConfiguredTunnel> ReadAll(Command root, ConfigurationSection file, DaemonCommand owner)
    {
        if (file.Tunnels is not { Count: > 0 } sections) throw file.Place.Wrong($"there are no tunnels: \"{ConfigurationFile.Tunnels}\": [ {{ \"command\": \"expose\", … }} ].");
        List<ConfiguredTunnel> tunnels = [];
        foreach (ConfigurationSection section in sections)
        {
            ConfiguredTunnel tunnel = Read(root, section, owner, $"{tunnels.Count + 1}");
            if (tunnels.Exists(other => other.Name == tunnel.Name)) throw section.Place.Wrong($"two tunnels are called '{tunnel.Name}'.");
            tunnels.Add(tunnel);
        }

        return tunnels;
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="CommandException">It cannot be; the message says which one.</exception>
    public async Task<DaemonService> StartAsync(DaemonContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await _command.Start!(Result, context with { Sockets = HandedSockets.None, Loggers = context.Loggers.ForTunnel(Name) }, cancellationToken);
        }
        catch (CommandException exception)
        {
            throw new CommandException(exception.ExitCode, $"{_place}: the tunnel '{Name}': {exception.Message}");
        }
    }

    private static ConfiguredTunnel Read(Command root, ConfigurationSection section, DaemonCommand owner, string number)
    {
        if (section.Find(CommandEntry) is not { Values: [var words] } named) throw section.Place.Wrong($"a tunnel needs a \"{CommandEntry}\", such as \"expose\".");
        ParseResult bare = root.Parse(words.Split(' '));
        if (bare.CommandResult.Command is not DaemonCommand { Start: not null } command || command == owner) throw named.Place.Wrong($"'{words}' is no command that can be a tunnel: expose, forward, serve, message serve, peer listen, rds serve.");
        ConfigurationSection options = new(section.Place);
        foreach (ConfigurationEntry entry in section.Entries)
        {
            if (entry.Name is CommandEntry or NameEntry) continue;
            if (owner.Options.Any(option => option.Name == $"--{entry.Name}")) throw entry.Place.Wrong($"'{entry.Name}' is for the whole process, and stands at the top of the file.");
            options.Entries.Add(entry);
        }

        ConfiguredArguments arguments = new(_ => null, command);
        ParseResult result = root.Parse([.. words.Split(' '), .. arguments.Further(bare, options)]);
        if (result.Errors.Count > 0) throw Wrong(section, [.. result.Errors.Select(arguments.Describe)]);
        return new ConfiguredTunnel(section.Find(NameEntry) is { Values: [var name] } ? name : number, command, result, section.Place);
    }

    // One that has a line of its own says more than what is missing because of it.
    private static CommandException Wrong(ConfigurationSection section, IReadOnlyList<string> errors) =>
        errors.FirstOrDefault(error => error.StartsWith($"{section.Place.File}:", StringComparison.Ordinal)) is { } placed
            ? new CommandException(ExitCode.Usage, placed)
            : section.Place.Wrong(errors[0]);
}
