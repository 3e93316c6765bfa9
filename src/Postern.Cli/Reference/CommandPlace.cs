using System.CommandLine;

namespace Postern.Cli.Reference;

/// <summary>A command and its place in the tree: what manual pages and completions are made from.</summary>
/// <param name="Command">The command.</param>
/// <param name="Words">Its name after those above it, such as postern, root, sign.</param>
internal sealed record CommandPlace(Command Command, IReadOnlyList<string> Words)
{
    /// <summary>As it is typed: "postern root sign".</summary>
    public string Line => string.Join(' ', Words);

    /// <summary>Its manual page: "postern-root-sign".</summary>
    public string Page => string.Join('-', Words);

    /// <summary>The commands below it.</summary>
    public IReadOnlyList<CommandPlace> Subcommands => [.. Command.Subcommands.Where(command => !command.Hidden).Select(command => new CommandPlace(command, [.. Words, command.Name]))];

    /// <summary>Its options, then those that every command has.</summary>
    public IReadOnlyList<ReferenceOption> Options =>
    [
        .. Command.Options.Concat(Above.SelectMany(command => command.Options.Where(option => option.Recursive)))
            .Where(option => !option.Hidden)
            .Select(option => new ReferenceOption(option)),
    ];

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<Argument> Arguments => [.. Command.Arguments.Where(argument => !argument.Hidden)];

    /// <summary>The line that lists of commands show, without its full stop.</summary>
    public string Summary => FirstSentence(Command.Description ?? string.Empty);

    private IEnumerable<Command> Above
    {
        get
        {
            for (Command? at = Command.Parents.OfType<Command>().FirstOrDefault(); at is not null; at = at.Parents.OfType<Command>().FirstOrDefault()) yield return at;
        }
    }

    /// <summary>All commands of a tree that are not hidden, each before those below it.</summary>
    public static IReadOnlyList<CommandPlace> All(Command root) => [.. Under(new CommandPlace(root, [root.Name]))];

    /// <summary>What lists have room for.</summary>
    public static string FirstSentence(string text)
    {
        string line = text.ReplaceLineEndings(" ").Split(". ", 2)[0];
        return line.TrimEnd('.', ' ');
    }

    private static IEnumerable<CommandPlace> Under(CommandPlace place) => [place, .. place.Subcommands.SelectMany(Under)];
}
