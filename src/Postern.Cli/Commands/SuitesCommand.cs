using System.CommandLine;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Qstp;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern suites</c>: the configuration sets, their algorithms and sizes, and what a handshake costs here.</summary>
internal static class SuitesCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<bool> measure = new("--measure") { Description = "Run handshakes of each set in this process, and show how long both ends take together. A minute." };
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
              postern suites --measure
              postern suites --json
            """)
        {
            measure, json,
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
                    if (result.GetValue(measure))
                    {
                        terminal.WriteHint($"{protocol} {suite.Name} ...");
                        report = report with { HandshakeMilliseconds = await SuiteCost.MeasureAsync(suite, cancellationToken) };
                    }

                    reports.Add(report);
                }
            }

            if (result.GetValue(json)) terminal.WriteJson(reports);
            else WriteTable(terminal, reports, result.GetValue(measure));
            return ExitCode.Success;
        });
        return command;
    }

    private static void WriteTable(CommandTerminal terminal, List<SuiteReport> reports, bool measured)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("", "id", "name", "level", "signature", "bytes", "KEM", "public key", "ciphertext", "standard");
        if (measured) table.AddColumn("handshake ms");
        table.AddColumn("");
        foreach (SuiteReport report in reports)
        {
            List<string> cells =
            [
                report.Protocol,
                $"{report.Id}",
                Markup.Escape(report.Name),
                $"{report.Level}",
                report.Signature,
                $"{report.SignatureSize}",
                report.Kem,
                $"{report.PublicKeySize}",
                $"{report.CiphertextSize}",
                report.IsStandard ? "yes" : $"no: {report.KemStandard}",
            ];
            if (measured) cells.Add($"{report.HandshakeMilliseconds:0.0}");
            cells.Add(report.IsDefault ? "default" : string.Empty);
            table.AddRow([.. cells]);
        }

        terminal.OutConsole.Write(table);
    }
}
