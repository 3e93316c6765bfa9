using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli;
using Postern.Cli.Commands;
using Postern.Cli.Terminal;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>The examples of the help are command lines that the parser takes.</summary>
public sealed class HelpExamplesTests
{
    public static TheoryData<string> Examples => [.. AllOf(Create()).OfType<DetailedCommand>().SelectMany(ExamplesOf).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_of_the_help_is_parsed_without_errors(string example)
    {
        ParseResult result = Create().Parse([.. CommandLineParser.SplitCommandLine(example).Skip(1)]);

        Assert.Empty(result.Errors.Select(error => error.Message));
        Assert.Empty(result.CommandResult.Command.Subcommands);
    }

    [Fact]
    public void Every_command_that_does_something_has_an_example_or_belongs_to_one_that_has()
    {
        string[] without = [.. Create().Subcommands.Where(command => !command.Hidden && !AllOf(command).OfType<DetailedCommand>().Any(detailed => ExamplesOf(detailed).Any())).Select(command => command.Name)];

        Assert.Empty(without);
    }

    private static Command Create() => PosternCommand.Create(new CommandTerminal(TextWriter.Null, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false));

    private static IEnumerable<Command> AllOf(Command command) => command.Subcommands.SelectMany(AllOf).Prepend(command);

    // The shell's part of a line is left out: what comes before a pipe or behind one, redirections, settings. Its single quotes become the parser's.
    private static IEnumerable<string> ExamplesOf(DetailedCommand command)
    {
        int start = command.Details.IndexOf("Examples:", StringComparison.Ordinal);
        if (start < 0) yield break;
        foreach (string line in command.Details[start..].Split('\n'))
        {
            int begin = line.IndexOf("postern ", StringComparison.Ordinal);
            if (begin >= 0) yield return line[begin..].Split([" | ", " > ", " < "], StringSplitOptions.None)[0].Trim().Replace('\'', '"');
        }
    }
}
