using System.CommandLine;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Keys;

/// <summary>Options that the commands for QSMP keys share.</summary>
internal static class KeyOptions
{
    private const int MaxNameLength = 64;

    public static Option<QsmpMode> Mode() => new("--mode")
    {
        Description = "simplex: one server that any client may reach. duplex: two peers that know each other. Default: simplex.",
        HelpName = "MODE",
        DefaultValueFactory = _ => QsmpMode.Simplex,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (text is "simplex") return QsmpMode.Simplex;
            if (text is "duplex") return QsmpMode.Duplex;
            result.AddError($"--mode is simplex or duplex, not '{text}'.");
            return default;
        },
    };

    public static Option<Suite> Suite() => new("--suite")
    {
        Description = $"Configuration set: a level such as level5, or its name. Both peers need the same. Default: {QsmpSuites.Default}.",
        HelpName = "SET",
        DefaultValueFactory = _ => QsmpSuites.Default,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            Suite? suite = QsmpSuites.All.FirstOrDefault(suite => text == $"level{suite.SecurityLevel}" || text == suite.Name);
            if (suite is null)
            {
                // A level stands for its first set alone.
                IEnumerable<int> levels = QsmpSuites.All.Select(known => known.SecurityLevel).Distinct();
                result.AddError(
                    $"There is no configuration set '{text}': it is {string.Join(", ", levels.Select(level => $"level{level}"))} or one of {string.Join(", ", QsmpSuites.All)}.");
            }

            return suite;
        },
    };

    /// <summary>A name that becomes part of a file's name.</summary>
    public static Option<string?> FileName(string description)
    {
        Option<string?> option = new("--name") { Description = description, HelpName = "NAME" };
        option.Validators.Add(result =>
        {
            string name = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (name.Length is >= 1 and <= MaxNameLength && name[0] is not ('.' or '-') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')) return;
            result.AddError($"--name is part of a file's name: 1 to {MaxNameLength} letters, digits and . - _, not beginning with . or -.");
        });
        return option;
    }

    public static Option<string?> TrustFolder() => new("--folder")
    {
        Description = "The folder of trusted keys. Default: postern/trusted in your configuration folder ($XDG_CONFIG_HOME).",
        HelpName = "DIR",
    };
}
