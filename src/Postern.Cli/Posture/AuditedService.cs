using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Postern.Cli.Commands;
using Postern.Cli.Configuration;
using Postern.Cli.Doctor;
using Postern.Cli.Files;

namespace Postern.Cli.Posture;

/// <summary>A service's command line, read as the service would, but not run.</summary>
/// <param name="origin">Where it was found.</param>
/// <param name="effective">With what the environment and a file add.</param>
/// <param name="given">The command line alone.</param>
internal sealed class AuditedService(string origin, ParseResult effective, ParseResult given)
{
    private const string UnsafePrefix = "--unsafe-";

    // Passphrases, programs and what is written are no business of a report.
    private static readonly string[] FileOptions =
        ["--root", "--root-cert", "--root-key", "--cert", "--key", "--trust", "--trust-client", "--peer-key", "--client-key", "--authority-key", "--revocation-cache"];

    private readonly string _command = CommandPath.WithoutProgram(effective);

    /// <summary>Certificates, keys and folders that it is told to read, as far as they are there.</summary>
    public IEnumerable<string> Files() => effective.CommandResult.Command.Options
        .Where(option => FileOptions.Contains(option.Name, StringComparer.Ordinal))
        .SelectMany(option => Tokens(effective, option))
        .Where(path => path != FileBytes.StandardInput && Path.Exists(path));

    public PostureService ToReport() => new()
    {
        Origin = origin,
        Command = _command,
        Protocol = Protocol,
        ClientAuthentication = Authentication,
        ChecksRevocation = IsGiven("--revocation-list"),
        Unsafe = [.. UnsafeOptions()],
        Settings = [.. effective.CommandResult.Command.Options.Where(ConfiguredArguments.IsConfigurable).OrderBy(option => option.Name, StringComparer.Ordinal).Select(Setting)],
    };

    /// <summary>What an auditor would ask about.</summary>
    public IEnumerable<Finding> Findings()
    {
        string? cipher = effective.CommandResult.Command.Options.FirstOrDefault(option => option.Name == "--cipher") is { } form ? Tokens(effective, form).FirstOrDefault() : null;
        if (cipher == "rcs-qmac") yield return Finding.Fail(origin, "--cipher rcs-qmac: messages can be forged", "Leave --cipher out.");
        if (cipher == "rcs-reduced-rounds") yield return Finding.Warn(origin, "--cipher rcs-reduced-rounds: weaker than the cipher that all others use", "Leave --cipher out.");
        foreach (string option in UnsafeOptions()) yield return Finding.Warn(origin, $"--{option} is on", "See in its --help what that gives up, and leave it out if it is not needed.");
        if (Authentication == PostureAuthentication.None && _command == "expose")
        {
            yield return Finding.Warn(origin, "whoever has the public certificate or key reaches the service behind it", "Have the service ask who is there, or use --multiplex with --trust-client, or --protocol duplex.");
        }

        if (Protocol == "qstp" && effective.CommandResult.Command.Options.Any(option => option.Name == "--revocation-list") && !IsGiven("--revocation-list"))
        {
            yield return Finding.Warn(origin, "revocations are not looked at", "Give --revocation-list, a file or an address.");
        }
    }

    /// <summary>Without the password that an address can have, of an inventory or of a collector.</summary>
    public static string WithoutPassword(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out Uri? address) || address.UserInfo.Length == 0) return value;
        return value.Replace($"{address.UserInfo}@", $"{address.UserInfo.Split(':')[0]}:***@", StringComparison.Ordinal);
    }

    private string? Protocol => effective.CommandResult.Command.Options.FirstOrDefault(option => option.Name == "--protocol") is { } option
        ? Tokens(effective, option).DefaultIfEmpty("qstp").First()
        : _command switch
        {
            "message serve" => "simplex",
            "peer listen" or "receive" => "duplex",
            _ => "qstp",
        };

    private PostureAuthentication? Authentication => (_command, Protocol) switch
    {
        ("forward", _) => null,
        ("rds serve", _) => PostureAuthentication.Enrolment,
        (_, "duplex") => PostureAuthentication.Duplex,
        _ => IsGiven("--trust-client") ? PostureAuthentication.ClientProof : PostureAuthentication.None,
    };

    private IEnumerable<string> UnsafeOptions() => effective.CommandResult.Command.Options
        .OfType<Option<bool>>().Where(option => option.Name.StartsWith(UnsafePrefix, StringComparison.Ordinal) && effective.GetValue(option)).Select(option => option.Name[2..]);

    private PostureSetting Setting(Option option)
    {
        PostureSource source = given.GetResult(option) is { Implicit: false } ? PostureSource.Given
            : effective.GetResult(option) is { Implicit: false } ? PostureSource.Configured : PostureSource.Default;
        IReadOnlyList<string> values = ConfiguredArguments.IsSwitch(option) ? [effective.GetValue((Option<bool>)option) ? "true" : "false"]
            : source == PostureSource.Default ? Default(option) : [.. Tokens(effective, option).Select(WithoutPassword)];
        return new PostureSetting(option.Name[2..], values, source);
    }

    private IReadOnlyList<string> Default(Option option) =>
        option.HasDefaultValue && effective.GetResult(option)?.GetValueOrDefault<object?>() is { } value && Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? [text] : [];

    private bool IsGiven(string name) => effective.CommandResult.Children.OfType<OptionResult>().Any(result => result.Option.Name == name && !result.Implicit);

    private static IEnumerable<string> Tokens(ParseResult result, Option option) =>
        result.GetResult(option) is { Implicit: false } found ? found.Tokens.Select(token => token.Value) : [];
}
