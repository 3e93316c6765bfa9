using Postern.Cli.Configuration;
using Postern.Cli.Daemons;

namespace Postern.Cli.Reference;

/// <summary>The manual page of the configuration file.</summary>
internal static class ConfigurationManual
{
    public const string Page = "postern-config";

    private static readonly string[] Description =
    [
        "A command that stays takes its options from the file that its --config names: one JSON object with the options by their long names without the dashes. Comments, and commas at the end, are allowed.",
        string.Empty,
        "What the command line says goes first, then the environment (POSTERN_ and the name in upper case with underscores), then the file.",
        string.Empty,
        "A text or a number is a value, true and false turn a switch on and off, a list repeats an option. Paths are relative to the current folder. \"$schema\" is passed over.",
        string.Empty,
        "A name that is no option, a value that is none, a name that is there twice: exit code 2, with file, line and column. At SIGHUP the file is read anew.",
        string.Empty,
        "For 'postern run' the options of the process stand at the top, and \"tunnels\" is a list of objects: each has the \"command\", a \"name\" for messages, and that command's options.",
    ];

    private static readonly string[] Example =
    [
        "/etc/postern/web.json, for the unit postern-expose@web.service:",
        string.Empty,
        "  {",
        "    // The service that tunnels lead to.",
        "    \"to\": \"127.0.0.1:8080\",",
        "    \"root\": \"/etc/postern/root.qrr\",",
        "    \"cert\": [\"/etc/postern/old.qrc\", \"/etc/postern/new.qrc\"],",
        "    \"key\": [\"/etc/postern/old.qsk\", \"/etc/postern/new.qsk\"]",
        "  }",
        string.Empty,
        "Two tunnels in one process, for 'postern run':",
        string.Empty,
        "  {",
        "    \"log-format\": \"json\",",
        "    \"tunnels\": [",
        "      { \"name\": \"web\", \"command\": \"expose\", \"to\": \"127.0.0.1:8080\", \"root\": \"root.qrr\", \"cert\": \"web.qrc\", \"key\": \"web.qsk\" },",
        "      { \"name\": \"db\", \"command\": \"forward\", \"listen\": \"127.0.0.1:5432\", \"server\": \"db.example.org\", \"root\": \"root.qrr\", \"cert\": \"db.qrc\" }",
        "    ]",
        "  }",
    ];

    public static string Write(IReadOnlyList<CommandPlace> places, ManualEdition edition)
    {
        RoffPage page = new(Page, 5, "options of postern's services in a file", edition);
        page.Section("DESCRIPTION");
        page.Text(Description);
        IReadOnlyList<CommandPlace> daemons = [.. places.Where(place => place.Command is DaemonCommand)];
        foreach (CommandPlace place in daemons)
        {
            page.Section($"\"OPTIONS OF {place.Line.ToUpperInvariant()}\"");
            page.Line(string.Join(",\n", place.Options.Where(option => Configurable(place, option)).Select(option => RoffPage.Bold(option.LongName[2..]))) + ".");
            page.Line($"What each means: {CommandManual.Reference((place.Page, 1))}.");
        }

        page.Section("EXAMPLES");
        page.Text(Example);
        page.Section("FILES");
        page.Entry(RoffPage.Italic("/etc/postern/NAME.json"), "The options of the service NAME of the units postern-expose@.service and postern-forward@.service.");
        page.Section("SEE ALSO");
        page.Line(string.Join(",\n", daemons.Select(place => CommandManual.Reference((place.Page, 1)))));
        return page.ToString();
    }

    private static bool Configurable(CommandPlace place, ReferenceOption option) =>
        place.Command.Options.Any(own => own.Name == option.LongName && ConfiguredArguments.IsConfigurable(own));
}
