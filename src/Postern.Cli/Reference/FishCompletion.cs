using System.Text;

namespace Postern.Cli.Reference;

/// <summary>The completion of fish: a line for each command, option and argument, each with the place where it counts.</summary>
internal static class FishCompletion
{
    private const string Beginning =
        """
        # Completes postern's commands, options and values in fish (3.1 or newer). Made by 'postern completion fish'.

        # The words before the cursor, without postern itself and options.
        function __postern_words
            set -l words (commandline -opc)
            set -e words[1]
            string match -v -- '-*' $words
        end

        # They begin with these: the command is this one.
        function __postern_in
            set -l words (__postern_words)
            set -l count (count $argv)
            test "$words[1..$count]" = "$argv"
        end

        # They are these: a command of this group is next.
        function __postern_at
            set -l words (__postern_words)
            test "$words" = "$argv"
        end

        complete -c postern -f

        """;

    public static string Write(IReadOnlyList<CommandPlace> places)
    {
        StringBuilder script = new(Beginning);
        foreach (CommandPlace place in places)
        {
            script.Append('\n');
            foreach (CommandPlace below in place.Subcommands) script.Append($"complete -c postern -n {Condition("__postern_at", place)} -a {below.Words[^1]} -d {Quote(below.Summary)}\n");
            foreach (ReferenceOption option in place.Options) WriteOption(script, place, option);
            foreach (ReferenceValue value in place.Arguments.Select(ReferenceValue.Of)) WriteArgument(script, place, value);
        }

        return script.ToString().ReplaceLineEndings("\n");
    }

    private static void WriteOption(StringBuilder script, CommandPlace place, ReferenceOption option)
    {
        script.Append($"complete -c postern -n {Condition(place.Subcommands.Count > 0 ? "__postern_at" : "__postern_in", place)}");
        foreach (string name in option.Names) script.Append(name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}");
        if (option.Value is { } value) script.Append(Offer(value));
        script.Append($" -d {Quote(CommandPlace.FirstSentence(option.Description))}\n");
    }

    private static void WriteArgument(StringBuilder script, CommandPlace place, ReferenceValue value)
    {
        if (value.Kind == ValueKind.Any) return;
        string offer = value.Kind == ValueKind.File ? " -F" : Offer(value).Replace(" -x", string.Empty, StringComparison.Ordinal);
        script.Append($"complete -c postern -n {Condition("__postern_in", place)}{offer}\n");
    }

    private static string Offer(ReferenceValue value) => value.Kind switch
    {
        ValueKind.Words => $" -x -a {Quote(string.Join(' ', value.Words))}",
        ValueKind.File => " -r -F",
        ValueKind.Folder => " -x -a '(__fish_complete_directories)'",
        _ => " -x",
    };

    private static string Condition(string function, CommandPlace place) => Quote(string.Join(' ', [function, .. place.Words.Skip(1)]));

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
