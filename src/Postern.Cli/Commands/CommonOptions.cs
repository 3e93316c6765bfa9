using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Qstp;

namespace Postern.Cli.Commands;

/// <summary>Options that several commands share, worded once.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Write JSON to stdout." };

    public static Option<string[]> TrustedRoot(bool isRequired) => new("--root", "--root-cert")
    {
        Description = "A root certificate that is trusted. Can be repeated: the old and the new one during a rollover.",
        HelpName = "FILE",
        Required = isRequired,
    };

    public static Option<bool> Force() => new("--force", "-f") { Description = "Replace files that are there." };

    public static Option<bool> Text() => new("--text") { Description = "Write the printed form." };

    public static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = $"File whose first line is the passphrase of the key; - is stdin. Otherwise the environment's {PassphraseSource.Variable}, or a question.",
        HelpName = "FILE",
    };

    /// <summary>How long before its end something is warned of, unless the command line says otherwise.</summary>
    public static TimeSpan StandardWarning => TimeSpan.FromDays(30);

    public static Option<TimeSpan?> WarnBefore() => DurationOption.Create(
        "--warn-before", "Warn of certificates, keys and roots that end within this time, at the start and once a day. Default 30d.", TimeSpan.FromSeconds(1), TimeSpan.FromDays(3660));

    public static Option<bool> NoPassphrase() => new("--no-passphrase")
    {
        Description = "Store the key in clear, in the reference's format. Otherwise it is encrypted in a format of Postern.",
    };

    public static Option<string> Name(string whose)
    {
        const int MaxLength = 32;
        Option<string> option = new("--name")
        {
            Description = $"The {whose} name: 1 to {MaxLength} printable ASCII characters.",
            HelpName = "NAME",
            Required = true,
        };
        option.Validators.Add(result =>
        {
            string name = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (name.Length is >= 1 and <= MaxLength && name.All(c => c is >= ' ' and <= '~')) return;
            result.AddError($"--name is 1 to {MaxLength} printable ASCII characters.");
        });
        return option;
    }

    public static Option<string> Folder() => new("--out", "-o")
    {
        Description = "Folder of the new files; it is made if it is not there.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };

    public static Option<int?> Days(string standard, int most) => new("--days")
    {
        Description = $"Validity from now on, 1 to {most} days. Default: {standard}.",
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days >= 1 && days <= most) return days;
            result.AddError($"--days is 1 to {most}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>Both were written on the command line.</summary>
    public static bool HasBoth(CommandResult command, Option first, Option second) =>
        command.GetResult(first) is { Implicit: false } && command.GetResult(second) is { Implicit: false };

    public static Option<string[]> Deny() => new("--deny") { Description = "Serial that is refused. Can be repeated.", HelpName = "SERIAL" };

    public static Option<string?> DenyFile() => new("--deny-file")
    {
        Description = "File of serials that are refused, one a line; # starts a comment.",
        HelpName = "FILE",
    };

    public static Option<string?> AuthorityKey() => new("--authority-key")
    {
        Description = "For a root that an outside authority signed: the authority's verification key, raw or in hexadecimal.",
        HelpName = "FILE",
    };

    public static Option<TimeZoneInfo?> TimeZone() => new("--timezone")
    {
        Description = "Only for certificates in the printed form: the zone of their dates, which they do not name, such as UTC or Europe/Rome. Default: the zone of this machine.",
        HelpName = "ZONE",
        CustomParser = result =>
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(result.Tokens[0].Value, out TimeZoneInfo? zone)) return zone;
            result.AddError($"There is no time zone '{result.Tokens[0].Value}' here; UTC is always there.");
            return null;
        },
    };
}
