using System.CommandLine;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Keys;

/// <summary>Options that the commands for QSMP keys share.</summary>
internal static class KeyOptions
{
    private const int MaxNameLength = 64;

    public static Option<QsmpMode> Mode() => new Option<QsmpMode>("--mode")
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
    }.Offering("simplex", "duplex");

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
