using Postern.Cli.Commands;
using Postern.Cli.Daemons;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Reference;

/// <summary>The manual page of a command, from its own help.</summary>
internal static class CommandManual
{
    /// <summary>What each exit code means; the list that every page ends with.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Success, "Done. A command that stays: every connection had ended by itself."),
        (ExitCode.Failed, "The work was done and the answer is no: a certificate does not verify or is revoked, a vector fails, a service refuses."),
        (ExitCode.Usage, "Wrong usage, or something needed was not given."),
        (ExitCode.Channel, "The peer or the network: no connection, a refused handshake, a tunnel that broke, an address in use."),
        (ExitCode.File, "A file cannot be read or written, or is not what it should be."),
        (ExitCode.Incomplete, "Nothing failed, but something was not checked."),
        (ExitCode.Interrupted, "Interrupted. A command that stays: connections had to be cut."),
    ];

    public static string Write(CommandPlace place, IReadOnlyList<CommandPlace> all, ManualEdition edition)
    {
        RoffPage page = new(place.Page, 1, place.Summary, edition);
        WriteSynopsis(page, place);
        (List<string> description, List<string> examples) = Split(place);
        page.Section("DESCRIPTION");
        page.Text(description);
        WriteLists(page, place);
        if (examples.Count > 0)
        {
            page.Section("EXAMPLES");
            page.Text(examples);
        }

        WriteSurroundings(page, place);
        page.Section("SEE ALSO");
        page.Line(string.Join(",\n", SeeAlso(place, all).Select(Reference)));
        return page.ToString();
    }

    /// <summary>Roff of a mention of another page.</summary>
    public static string Reference((string Page, int Section) other) => $"{RoffPage.Bold(other.Page)}({other.Section})";

    private static void WriteSynopsis(RoffPage page, CommandPlace place)
    {
        page.Section("SYNOPSIS");
        List<string> parts = [RoffPage.Bold(place.Line)];
        if (place.Subcommands.Count > 0) parts.Add(RoffPage.Italic("COMMAND"));
        parts.Add($"[{RoffPage.Italic("OPTION")}]...");
        parts.AddRange(place.Options.Where(option => option.IsRequired).Select(Tag));
        parts.AddRange(place.Arguments.Select(argument =>
        {
            string name = RoffPage.Italic(ReferenceValue.Of(argument).Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : string.Empty);
            return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        }));
        page.Line(string.Join('\n', parts));
    }

    // The examples have a section of their own, wherever the help has them.
    private static (List<string> Description, List<string> Examples) Split(CommandPlace place)
    {
        List<string> description = [.. (place.Command.Description ?? string.Empty).ReplaceLineEndings("\n").Split('\n')];
        List<string> examples = [];
        if (place.Command is not DetailedCommand command) return (description, examples);
        description.Add(string.Empty);
        bool isExample = false;
        foreach (string line in command.Details.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.TrimEnd() is "Example:" or "Examples:")
            {
                isExample = true;
                continue;
            }

            (isExample ? examples : description).Add(line);
        }

        return (description, examples);
    }

    private static void WriteLists(RoffPage page, CommandPlace place)
    {
        if (place.Subcommands.Count > 0)
        {
            page.Section("COMMANDS");
            foreach (CommandPlace below in place.Subcommands) page.Entry(Reference((below.Page, 1)), $"{below.Summary}.");
        }

        if (place.Arguments.Count > 0)
        {
            page.Section("ARGUMENTS");
            foreach (ReferenceValue value in place.Arguments.Select(ReferenceValue.Of).Where(value => value.Words.Count > 0)) page.Entry(RoffPage.Italic(value.Name), $"One of: {string.Join(", ", value.Words)}.");
            foreach (System.CommandLine.Argument argument in place.Arguments.Where(argument => ReferenceValue.Of(argument).Words.Count == 0)) page.Entry(RoffPage.Italic(ReferenceValue.Of(argument).Name), argument.Description ?? string.Empty);
        }

        page.Section("OPTIONS");
        foreach (ReferenceOption option in place.Options) page.Entry(Tag(option), Describe(option));
    }

    private static string Tag(ReferenceOption option)
    {
        string names = string.Join(", ", option.Names.Select(RoffPage.Bold));
        return option.Value is { } value ? $"{names} {RoffPage.Italic(value.Name)}" : names;
    }

    private static string Describe(ReferenceOption option)
    {
        string text = option.Description;
        // Sets have names of 40 characters, and a command of their own.
        if (option.Value is { Words: { Count: > 0 and <= 8 } words } && !words.All(word => text.Contains(word, StringComparison.Ordinal))) text += $" One of: {string.Join(", ", words)}.";
        if (option.Default is { } standard && !text.Contains("Default", StringComparison.Ordinal)) text += $" Default: {standard}.";
        return option.IsRequired ? $"{text} Required." : text;
    }

    private static void WriteSurroundings(RoffPage page, CommandPlace place)
    {
        bool isTop = place.Words.Count == 1;
        page.Section("EXIT STATUS");
        foreach ((int code, string meaning) in ExitCodes) page.Entry(RoffPage.Bold($"{code}"), meaning);

        List<(string Name, string Text)> variables = [.. Variables(place, isTop)];
        if (variables.Count > 0)
        {
            page.Section("ENVIRONMENT");
            foreach ((string name, string text) in variables) page.Entry(RoffPage.Bold(name), text);
        }

        if (!isTop) return;
        page.Section("FILES");
        page.Entry(RoffPage.Italic("/etc/postern/NAME.json"), "Options of the service NAME, for the units postern-expose@.service and postern-forward@.service.");
        page.Entry(RoffPage.Italic("$XDG_CONFIG_HOME/postern/trusted"), "Public keys that your DUPLEX listeners accept; ~/.config is the folder above unless the variable says otherwise.");
        page.Entry(RoffPage.Italic("$XDG_RUNTIME_DIR/postern"), "Sockets by which 'postern status' asks your running processes.");
    }

    private static IEnumerable<(string Name, string Text)> Variables(CommandPlace place, bool isTop)
    {
        if (isTop || Has(place, "--passphrase-file")) yield return (PassphraseSource.Variable, "The passphrase of a key, where --passphrase-file is not given.");
        if (isTop || Has(place, "--pin-file")) yield return (PinSource.Variable, "The PIN of a token, where --pin-file is not given.");
        if (isTop || Has(place, "--pkcs11-module")) yield return (TokenAccess.Variable, "The module of a token, where --pkcs11-module is not given.");
        if (isTop || place.Command is DaemonCommand) yield return ("POSTERN_OPTION", "Any option of a command that stays, by its long name in upper case with underscores, such as POSTERN_DRAIN_TIMEOUT. Several values are parted by semicolons; a switch is 1 or 0.");
        if (isTop || place.Command is DaemonCommand) yield return ("NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS", "What systemd gives its services is heeded.");
        if (isTop) yield return ("NO_COLOR", "No colours, whatever the terminal can show.");
    }

    private static bool Has(CommandPlace place, string name) => place.Options.Any(option => option.LongName == name);

    // The command above, those beside it, and for what stays its file.
    private static IEnumerable<(string Page, int Section)> SeeAlso(CommandPlace place, IReadOnlyList<CommandPlace> all)
    {
        if (place.Words.Count > 1) yield return (string.Join('-', place.Words.SkipLast(1)), 1);
        IEnumerable<CommandPlace> beside = place.Words.Count > 2 ? all.Where(other => other.Words.Count == place.Words.Count && other.Words[^2] == place.Words[^2]) : [];
        foreach (CommandPlace other in beside.Where(other => other.Page != place.Page)) yield return (other.Page, 1);
        if (place.Words.Count == 1 || place.Command is DaemonCommand) yield return (ConfigurationManual.Page, 5);
        if (place.Words.Count == 1) yield return ("systemd.service", 5);
    }
}
