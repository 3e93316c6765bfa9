using System.CommandLine;
using System.CommandLine.Completions;

namespace Postern.Cli.Reference;

/// <summary>What an option or an argument takes.</summary>
/// <param name="Name">As the help writes it, such as FILE or HOST:PORT.</param>
/// <param name="Words">All that it can be; empty if that is no short list.</param>
internal sealed record ReferenceValue(string Name, IReadOnlyList<string> Words)
{
    private static readonly string[] Files = ["FILE", "PATH", "CERT", "REQUEST", "TRANSITION"];

    /// <summary>What a shell can offer for it.</summary>
    public ValueKind Kind
    {
        get
        {
            if (Words.Count > 0) return ValueKind.Words;
            string[] forms = Name.Split('|');
            if (forms.Any(Files.Contains)) return ValueKind.File;
            return forms.Contains("DIR") ? ValueKind.Folder : ValueKind.Any;
        }
    }

    /// <summary>What an argument takes.</summary>
    public static ReferenceValue Of(Argument argument) =>
        new(argument.HelpName ?? argument.Name, [.. argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label)]);
}
