using System.CommandLine;
using Postern.Cli;
using Postern.Cli.Terminal;

namespace Postern.EndToEnd.Tests.Reference;

/// <summary>The command tree, walked by the tests' own means.</summary>
internal static class CommandTree
{
    /// <summary>Every command that a user sees, with its words.</summary>
    public static IReadOnlyList<(string[] Words, Command Command)> Commands { get; } =
        [.. Under(["postern"], PosternCommand.Create(new CommandTerminal(TextWriter.Null, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false)))];

    /// <summary>The options of a command by all the names that shells can take.</summary>
    public static IEnumerable<string> OptionNames(Command command) =>
        command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Where(name => name[0] == '-' && name != "-?");

    private static IEnumerable<(string[] Words, Command Command)> Under(string[] words, Command command)
    {
        yield return (words, command);
        foreach (Command below in command.Subcommands.Where(below => !below.Hidden))
        {
            foreach ((string[], Command) found in Under([.. words, below.Name], below)) yield return found;
        }
    }
}
