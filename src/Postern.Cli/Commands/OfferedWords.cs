using System.CommandLine;
using System.CommandLine.Completions;

namespace Postern.Cli.Commands;

/// <summary>The words that an option with a parser of its own takes, for shells that complete them.</summary>
internal static class OfferedWords
{
    public static Option<T> Offering<T>(this Option<T> option, params IEnumerable<string> words)
    {
        // An enumeration would offer the names of its members.
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words]);
        return option;
    }
}
