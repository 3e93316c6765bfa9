using System.CommandLine;
using System.Globalization;
using Postern.Cli.Bench;
using Postern.Cli.Terminal;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern bench</c>: how fast it all is here, next to what one would take instead.</summary>
internal static class BenchCommand
{
    private static readonly string[] Sections = ["cipher", "kem", "signature", "handshake", "tunnel", "idle"];

    public static Command Create(CommandTerminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Option<string[]> sections = new("--only")
        {
            Description = $"Sections to measure: {string.Join(", ", Sections)}. Default all.",
            HelpName = "SECTION",
            AllowMultipleArgumentsPerToken = true,
        };
        sections.AcceptOnlyFromAmong(Sections);
        Option<int> rounds = new("--rounds") { Description = "Rounds, 1 to 1000.", DefaultValueFactory = _ => 7 };
        Option<int> time = new("--time") { Description = "Milliseconds for each thing in each round, 1 to 60000.", DefaultValueFactory = _ => 100, HelpName = "MS" };
        DetailedCommand command = new(
            "bench",
            "Measure ciphers, keys, signatures, handshakes and tunnels, next to what .NET has.",
            """
            Everything that is compared has its turn in every round, so that a busy machine disturbs all alike: ratios hold where figures do not.
            A ratio is the cost divided by that of the first of its group, round by round: above 1 the first costs less. TLS is 1.3 with ECDSA P-256, without
            resumption. .NET's ML-KEM and ML-DSA are measured where the platform has them. Handshakes and tunnels run over TCP on this
            machine with both ends in this process, and so do idle connections, of which there are four thousand. Two or three minutes.

            Examples:
              postern bench
              postern bench --only cipher tunnel --rounds 15
              postern bench --json > before.json
            """)
        {
            sections, rounds, time, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(rounds) is < 1 or > 1000) throw new CommandException(ExitCode.Usage, "--rounds is 1 to 1000.");
            if (result.GetValue(time) is < 1 or > 60_000) throw new CommandException(ExitCode.Usage, "--time is 1 to 60000 milliseconds.");
            string[] wanted = result.GetValue(sections) is { Length: > 0 } only ? only : Sections;
            BenchRun run = new(result.GetValue(rounds), TimeSpan.FromMilliseconds(result.GetValue(time)), terminal.WriteHint);
            IReadOnlyList<IReadOnlyList<BenchResult>> results = await MeasureAsync(run, wanted, cancellationToken);
            if (result.GetValue(json)) terminal.WriteJson(new { Processor = Processor.Current, Results = results.SelectMany(group => group) });
            else WriteTables(terminal.OutConsole, results);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<IReadOnlyList<BenchResult>>> MeasureAsync(BenchRun run, string[] sections, CancellationToken cancellationToken)
    {
        using TunnelGroups tunnels = new();
        List<IReadOnlyList<BenchResult>> results = [];
        foreach (BenchGroup group in CipherGroups.Create().Concat(KemGroups.Create()).Concat(SignatureGroups.Create()).Concat(tunnels.Create()).Concat(IdleGroups.Create()))
        {
            if (sections.Contains(group.Section, StringComparer.Ordinal)) results.Add(await run.MeasureAsync(group, cancellationToken));
        }

        return results;
    }

    private static void WriteTables(IAnsiConsole console, IReadOnlyList<IReadOnlyList<BenchResult>> results)
    {
        Processor processor = Processor.Current;
        console.WriteLine($"{processor.Model}, {processor.Cores} cores; {string.Join(", ", processor.Features)}");
        console.WriteLine($"{processor.Runtime} on {processor.System}");
        Table table = new Table().Border(TableBorder.Simple).AddColumns("", "", "median", "(least to most)", "", "times the first (least to most)");
        foreach (IReadOnlyList<BenchResult> group in results)
        {
            foreach (BenchResult result in group)
            {
                table.AddRow(
                    result.TimesOurs is null ? $"{Markup.Escape(result.Section)}: {Markup.Escape(result.Title)}" : string.Empty,
                    Markup.Escape(result.Subject),
                    Number(result.Median),
                    Spread(result.Least, result.Most),
                    result.Unit,
                    result.TimesOurs is { } ratio ? $"{Number(ratio.Median)} {Spread(ratio.Least, ratio.Most)}" : string.Empty);
            }
        }

        console.Write(table);
    }

    // What was measured once has none.
    private static string Spread(double least, double most) => least == most ? string.Empty : $"({Number(least)} to {Number(most)})";

    // Three digits that mean something.
    private static string Number(double value) => value switch
    {
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
