using System.CommandLine;
using System.CommandLine.Parsing;

namespace Postern.Cli.Configuration;

/// <summary>
/// The options of a command that stays, from where they are given: the command line first, then the environment (<c>POSTERN_</c> and the option's name in upper
/// case), then the file that <c>--config</c> names.
/// </summary>
/// <param name="getVariable">Reads the environment.</param>
/// <param name="command">The command.</param>
internal sealed class ConfiguredArguments(Func<string, string?> getVariable, Command command)
{
    public const string FileOption = "--config";

    private readonly Dictionary<string, ConfigurationPlace> _places = new(StringComparer.Ordinal);

    /// <summary>The environment's variable for an option: POSTERN_DRAIN_TIMEOUT for --drain-timeout.</summary>
    public static string VariableOf(Option option) => "POSTERN" + option.Name[1..].Replace('-', '_').ToUpperInvariant();

    /// <summary>What is to be parsed besides the command line.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="file">The file; null for none.</param>
    /// <exception cref="CommandException">The file has a name that the command does not know.</exception>
    public IReadOnlyList<string> Further(ParseResult given, ConfigurationSection? file)
    {
        if (file?.Tunnels is not null && command.Name != Commands.RunCommand.Name) throw file.Place.Wrong("only 'postern run' has tunnels.");
        List<string> further = [];
        Dictionary<string, Option> options = command.Options.Where(IsConfigurable).ToDictionary(option => option.Name[2..], StringComparer.Ordinal);
        foreach (Option option in options.Values)
        {
            if (IsGiven(given, option) || getVariable(VariableOf(option)) is not { Length: > 0 } value) continue;
            further.AddRange(Tokens(option, FromVariable(option, value)));
        }

        foreach (ConfigurationEntry entry in file?.Entries ?? [])
        {
            if (!options.TryGetValue(entry.Name, out Option? option)) throw entry.Place.Wrong($"'{entry.Name}' is no option of 'postern {PathOf(command)}'.");
            if (IsGiven(given, option) || getVariable(VariableOf(option)) is { Length: > 0 }) continue;
            Check(option, entry);
            _places[option.Name] = entry.Place;
            further.AddRange(Tokens(option, entry));
        }

        return further;
    }

    /// <summary>An error of the parser, with the place that its value came from.</summary>
    public string Describe(ParseError error)
    {
        string? name = error.SymbolResult is OptionResult option ? option.Option.Name
            : _places.Keys.FirstOrDefault(name => error.Message.StartsWith(name + " ", StringComparison.Ordinal));
        return name is not null && _places.TryGetValue(name, out ConfigurationPlace place) ? $"{place}: {error.Message}" : error.Message;
    }

    /// <summary>A file can say it.</summary>
    public static bool IsConfigurable(Option option) => option.Name.StartsWith("--", StringComparison.Ordinal) && option.Name is not ("--help" or "--version" or FileOption);

    /// <summary>It is there or not, and has no value.</summary>
    public static bool IsSwitch(Option option) => option.ValueType == typeof(bool);

    private static string PathOf(Symbol symbol) =>
        symbol.Parents.FirstOrDefault() is { } parent && parent.Parents.Any() ? $"{PathOf(parent)} {symbol.Name}" : symbol.Name;

    private static bool IsGiven(ParseResult given, Option option) => given.GetResult(option) is { Implicit: false };

    private static void Check(Option option, ConfigurationEntry entry)
    {
        bool isSwitch = entry.IsSwitch || entry.Values is null;
        if (isSwitch != IsSwitch(option)) throw entry.Place.Wrong(isSwitch ? $"'{entry.Name}' takes a value: {option.HelpName}." : $"'{entry.Name}' is true or false.");
        if (entry.Values is { Count: > 1 } && option.Arity.MaximumNumberOfValues < 2) throw entry.Place.Wrong($"'{entry.Name}' takes one value, not a list.");
    }

    // What can be repeated is separated by semicolons: addresses have colons, rules have commas.
    private static ConfigurationEntry FromVariable(Option option, string value)
    {
        ConfigurationPlace nowhere = default;
        if (!IsSwitch(option)) return new ConfigurationEntry(option.Name, option.Arity.MaximumNumberOfValues > 1 ? value.Split(';') : [value], nowhere);
        return value switch
        {
            "1" or "true" => new ConfigurationEntry(option.Name, [], nowhere) { IsSwitch = true },
            "0" or "false" => new ConfigurationEntry(option.Name, null, nowhere),
            _ => throw new CommandException(ExitCode.Usage, $"{VariableOf(option)} is 1 or 0, true or false, not '{value}'."),
        };
    }

    private static IEnumerable<string> Tokens(Option option, ConfigurationEntry entry) =>
        entry.IsSwitch ? [option.Name] : (entry.Values ?? []).Select(value => $"{option.Name}={value}");
}
