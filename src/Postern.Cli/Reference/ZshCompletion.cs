using System.Text;

namespace Postern.Cli.Reference;

/// <summary>The completion of zsh: a function for each command, in terms of zsh's own <c>_arguments</c>.</summary>
internal static class ZshCompletion
{
    private const string Beginning =
        """
        #compdef postern
        # Completes postern's commands, options and values in zsh (5.1 or newer). Made by 'postern completion zsh'.

        """;

    // zsh reads the file as the body of a function when it loads it by itself.
    private const string End =
        """

        if [[ ${funcstack[1]} == _postern ]]; then
          _postern "$@"
        else
          compdef _postern postern
        fi

        """;

    public static string Write(IReadOnlyList<CommandPlace> places)
    {
        StringBuilder script = new(Beginning);
        foreach (CommandPlace place in places.Reverse()) WriteFunction(script, place);
        return script.Append(End).ToString().ReplaceLineEndings("\n");
    }

    private static void WriteFunction(StringBuilder script, CommandPlace place)
    {
        bool isGroup = place.Subcommands.Count > 0;
        script.Append('\n').Append(NameOf(place)).Append("() {\n");
        if (isGroup) script.Append("  local context state state_descr line curcontext=$curcontext\n  typeset -A opt_args\n");
        script.Append(isGroup ? "  _arguments -C -s -S :" : "  _arguments -s -S :");
        foreach (ReferenceOption option in place.Options) script.Append(" \\\n    ").Append(Specification(option));
        if (isGroup) script.Append(" \\\n    '1:command:->command' \\\n    '*::argument:->arguments'");
        else foreach (string argument in Arguments(place)) script.Append(" \\\n    ").Append(argument);
        script.Append('\n');
        if (isGroup) WriteCommands(script, place);
        script.Append("}\n");
    }

    private static void WriteCommands(StringBuilder script, CommandPlace place)
    {
        script.Append("  case $state in\n    command)\n      local -a commands=(\n");
        foreach (CommandPlace below in place.Subcommands) script.Append("        ").Append(Quote($"{below.Words[^1]}:{below.Summary}")).Append('\n');
        script.Append("      )\n      _describe -t commands ").Append(Quote($"{place.Line} command")).Append(" commands\n      ;;\n    arguments)\n      case ${line[1]} in\n");
        foreach (CommandPlace below in place.Subcommands) script.Append("        ").Append(below.Words[^1]).Append(") ").Append(NameOf(below)).Append(" ;;\n");
        script.Append("      esac\n      ;;\n  esac\n");
    }

    // '*(-o --out)'{-o+,--out=}'[What it is]:DIR:_files -/'
    private static string Specification(ReferenceOption option)
    {
        string names = string.Join(' ', option.Names);
        string before = option.IsRepeatable ? "*" : option.Names.Count > 1 ? $"({names})" : string.Empty;
        string text = $"[{Bracketed(CommandPlace.FirstSentence(option.Description))}]{(option.Value is { } value ? Action(value) : string.Empty)}";
        if (option.Names.Count == 1) return Quote(before + Taking(option, option.Names[0]) + text);
        return $"{(before.Length == 0 ? string.Empty : Quote(before))}{{{string.Join(',', option.Names.Select(name => Taking(option, name)))}}}{Quote(text)}";
    }

    private static string Taking(ReferenceOption option, string name)
    {
        if (option.Value is null) return name;
        return name.StartsWith("--", StringComparison.Ordinal) ? name + "=" : name + "+";
    }

    private static IEnumerable<string> Arguments(CommandPlace place)
    {
        for (int i = 0; i < place.Arguments.Count; i++)
        {
            string where = place.Arguments[i].Arity.MaximumNumberOfValues > 1 ? "*" : $"{i + 1}";
            yield return Quote(where + Action(ReferenceValue.Of(place.Arguments[i])));
        }
    }

    private static string Action(ReferenceValue value) => $":{value.Name.Replace(":", "\\:", StringComparison.Ordinal)}:" + value.Kind switch
    {
        ValueKind.Words => $"({string.Join(' ', value.Words)})",
        ValueKind.File => "_files",
        ValueKind.Folder => "_files -/",
        _ => " ",
    };

    private static string NameOf(CommandPlace place) => $"_{string.Join('_', place.Words).Replace('-', '_')}";

    private static string Bracketed(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
