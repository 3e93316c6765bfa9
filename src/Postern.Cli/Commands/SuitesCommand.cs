using System.CommandLine;
using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Commands;

/// <summary><c>postern suites</c>: the configuration sets, their algorithms and sizes, and what a handshake costs here.</summary>
internal static class SuitesCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<bool> measure = new("--measure")
        {
            Description = "Run a few handshakes of each set over TCP in this process, and show how long the quickest took both ends together (QSMP: SIMPLEX). A minute for all.",
        };
        Argument<string?> part = new("PART")
        {
            Description = "Only sets with this in their protocol, name or algorithms, such as mceliece, level5 or ML-DSA-65.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "suites",
            "List the configuration sets of QSTP and QSMP with their algorithms, sizes and standards.",
            """
            The level is NIST's security category that the set is named after. A set is a standard one if both its algorithms are in a FIPS;
            Kyber with k = 5 is in none, and Classic McEliece is the submission of round 3, as the wire has it. All sets use the RCS cipher,
            which is no standard. The default is level 5 with ML-DSA and ML-KEM.

            Examples:
              postern suites
              postern suites mceliece348864 --measure
              postern suites --json
            """)
        {
            part, measure, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            List<SuiteReport> reports = [];
            foreach ((string protocol, IReadOnlyList<Suite> suites, Suite standard) in ((string, IReadOnlyList<Suite>, Suite)[])
                [("QSTP", QstpSuites.All, QstpSuites.Default), ("QSMP", QsmpSuites.All, QsmpSuites.Default)])
            {
                foreach (Suite suite in suites)
                {
                    SuiteReport report = SuiteReport.Of(protocol, suite, suite == standard);
                    if (result.GetValue(part) is { } wanted && !report.Has(wanted)) continue;
                    if (result.GetValue(measure))
                    {
                        terminal.WriteHint($"{protocol} {suite.Name} ...");
                        report = report with { HandshakeMilliseconds = await SuiteCost.MeasureAsync(suite, cancellationToken) };
                    }

                    reports.Add(report);
                }
            }

            if (reports.Count == 0) throw new CommandException(ExitCode.Usage, $"No configuration set has '{result.GetValue(part)}': 'postern suites' lists them all.");
            if (result.GetValue(json)) terminal.WriteJson(reports);
            else foreach (SuiteReport report in reports) Write(terminal, report);
            return ExitCode.Success;
        });
        return command;
    }

    // Two lines a set, the name by itself: names are long, and are there to be copied.
    private static void Write(CommandTerminal terminal, SuiteReport report)
    {
        string measured = report.HandshakeMilliseconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"; handshake {time:0.0} ms") : string.Empty;
        terminal.WriteLine($"{report.Protocol} {report.Id}: {report.Name}{(report.IsDefault ? "  (default)" : string.Empty)}");
        terminal.WriteLine(
            $"    level {report.Level}: {report.Signature}, signature {report.SignatureSize} bytes; {report.Kem}, key {report.PublicKeySize}, "
            + $"ciphertext {report.CiphertextSize}{(report.IsStandard ? string.Empty : $"; no standard: {report.KemStandard}")}{measured}");
    }
}
