using System.CommandLine;
using Postern.Cli.Terminal;
using Postern.Qstp;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern suites</c>: the configuration sets, their algorithms and sizes.</summary>
internal static class SuitesCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "suites",
            "List the configuration sets with their algorithms and sizes.",
            """
            Examples:
              postern suites
              postern suites --json
            """)
        {
            json,
        };
        command.SetAction(result =>
        {
            if (result.GetValue(json)) WriteJson(terminal);
            else WriteTable(terminal);
            return ExitCode.Success;
        });
        return command;
    }

    private static void WriteJson(CommandTerminal terminal) => terminal.WriteJson(QstpSuites.All.Select(suite => new
    {
        suite.Id,
        suite.Name,
        Level = suite.SecurityLevel,
        Signature = suite.Signature.Name,
        Kem = suite.Kem.Name,
        suite.Signature.SignatureSize,
        suite.Signature.VerificationKeySize,
        suite.Kem.PublicKeySize,
        suite.Kem.CiphertextSize,
        IsDefault = suite == QstpSuites.Default,
    }));

    private static void WriteTable(CommandTerminal terminal)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("id", "name", "level", "signature", "bytes", "KEM", "public key", "ciphertext", "");
        foreach (Suite suite in QstpSuites.All)
        {
            table.AddRow(
                $"{suite.Id}",
                suite.Name,
                $"{suite.SecurityLevel}",
                suite.Signature.Name,
                $"{suite.Signature.SignatureSize}",
                suite.Kem.Name,
                $"{suite.Kem.PublicKeySize}",
                $"{suite.Kem.CiphertextSize}",
                suite == QstpSuites.Default ? "default" : string.Empty);
        }

        terminal.OutConsole.Write(table);
    }
}
