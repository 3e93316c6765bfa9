using System.Text;

namespace Postern.Cli.Reference;

/// <summary>The completion of bash: one function that knows the whole tree and asks nobody.</summary>
internal static class BashCompletion
{
    private const string Beginning =
        """
        # Completes postern's commands, options and values in bash (4.0 or newer). Made by 'postern completion bash'.

        _postern() {
          local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} path=postern commands='' options='' words='' value='' rest='' i
          # To bash, an option's '=' is a word of its own.
          if [[ $current == = ]]; then
            current=''
          elif [[ $before == = ]]; then
            before=${COMP_WORDS[COMP_CWORD - 2]}
          fi

        """;

    private const string End =
        """

          COMPREPLY=()
          case $value in
            any) return ;;
            words) ;;
            file | folder) rest=$value ;;
            *)
              if [[ $current == -* || (-z $commands && -z $rest) ]]; then
                words=$options
              elif [[ -n $commands ]]; then
                words=$commands
              elif [[ $rest != file && $rest != folder ]]; then
                words=$rest
              fi
              ;;
          esac
          if [[ -n $words ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
          elif [[ $rest == folder ]]; then
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
          elif [[ $rest == file ]]; then
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
          fi
        }

        complete -F _postern postern

        """;

    public static string Write(IReadOnlyList<CommandPlace> places)
    {
        StringBuilder script = new(Beginning);
        script.Append("  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$path ${COMP_WORDS[i]}\" in\n");
        foreach (CommandPlace place in places.Skip(1)) script.Append("      '").Append(place.Line).Append("') path+=\" ${COMP_WORDS[i]}\" ;;\n");
        script.Append("      *) break ;;\n    esac\n  done\n  case $path in\n");
        foreach (CommandPlace place in places) WriteCommand(script, place);
        return script.Append("  esac\n").Append(End).ToString().ReplaceLineEndings("\n");
    }

    private static void WriteCommand(StringBuilder script, CommandPlace place)
    {
        script.Append("    '").Append(place.Line).Append("')\n");
        if (place.Subcommands.Count > 0) Assign(script, "commands", place.Subcommands.Select(below => below.Words[^1]));
        Assign(script, "options", place.Options.SelectMany(option => option.Names));
        WriteRest(script, place);
        List<ReferenceOption> withValue = [.. place.Options.Where(option => option.Value is not null)];
        if (withValue.Count > 0)
        {
            script.Append("      case $before in\n");
            foreach (ReferenceOption option in withValue) script.Append("        ").AppendJoin(" | ", option.Names).Append(") ").Append(Offer(option.Value!)).Append(" ;;\n");
            script.Append("      esac\n");
        }

        script.Append("      ;;\n");
    }

    // What is no option: files, or one of a few words.
    private static void WriteRest(StringBuilder script, CommandPlace place)
    {
        foreach (ReferenceValue value in place.Arguments.Select(ReferenceValue.Of))
        {
            if (value.Kind == ValueKind.Any) continue;
            Assign(script, "rest", value.Kind == ValueKind.Words ? value.Words : [Word(value.Kind)]);
            return;
        }
    }

    private static void Assign(StringBuilder script, string name, IEnumerable<string> words) => script.Append("      ").Append(name).Append("='").AppendJoin(' ', words).Append("'\n");

    private static string Offer(ReferenceValue value) => value.Kind == ValueKind.Words ? $"value=words words='{string.Join(' ', value.Words)}'" : $"value={Word(value.Kind)}";

    private static string Word(ValueKind kind) => kind switch
    {
        ValueKind.File => "file",
        ValueKind.Folder => "folder",
        _ => "any",
    };
}
