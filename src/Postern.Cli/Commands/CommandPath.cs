using System.CommandLine;
using System.CommandLine.Parsing;

namespace Postern.Cli.Commands;

/// <summary>A command with those above it, as it is typed.</summary>
internal static class CommandPath
{
    /// <summary>Such as "postern root sign".</summary>
    public static string Of(ParseResult result)
    {
        string path = string.Empty;
        for (SymbolResult? at = result.CommandResult; at is CommandResult command; at = at.Parent)
        {
            path = $"{command.Command.Name} {path}";
        }

        return path.TrimEnd();
    }

    /// <summary>Such as "root sign".</summary>
    public static string WithoutProgram(ParseResult result) => Of(result).Split(' ', 2)[^1];
}
