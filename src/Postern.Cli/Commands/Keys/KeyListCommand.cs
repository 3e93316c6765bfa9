using System.CommandLine;
using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Packets;
using Spectre.Console;

namespace Postern.Cli.Commands.Keys;

/// <summary><c>postern key list</c>: whose keys are trusted.</summary>
internal static class KeyListCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string?> folder = KeyOptions.TrustFolder();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "list",
            "List the trusted keys, with their validity. Files that are no public key are shown as such.",
            """
            The exit code is 4 if a file is broken: a listener passes over it, so its owner is not trusted.

            Examples:
              postern key list
              postern key list --folder /etc/postern/trusted --json
            """)
        {
            folder, json,
        };
        command.SetAction(result =>
        {
            string? named = result.GetValue(folder);
            TrustFolder trusted = TrustFolder.Open(terminal, named);
            if (named is not null && !trusted.Exists) throw new CommandException(ExitCode.File, $"{named}: there is no such folder.");
            List<TrustedFile> files = trusted.Read();
            if (result.GetValue(json)) terminal.WriteJson(new { Folder = trusted.Path, Files = files });
            else if (files.Count > 0) WriteTable(terminal, files);
            if (files.Count == 0) terminal.WriteHint($"No key is trusted: {trusted.Path} is empty. 'postern key trust' adds one.");
            foreach (TrustedFile file in files.Where(file => file.Problem is not null)) terminal.WriteError($"{file.Path}: {file.Problem}");
            return files.Exists(file => file.Problem is not null) ? ExitCode.File : ExitCode.Success;
        });
        return command;
    }

    private static void WriteTable(CommandTerminal terminal, List<TrustedFile> files)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("file", "mode", "identity", "valid to", "");
        foreach (TrustedFile file in files)
        {
            string name = Markup.Escape(ForeignText.Printable(Path.GetFileName(file.Path)));
            if (file.Report is not { } report) table.AddRow(name, "", "", "", "[red]broken[/]");
            else
            {
                table.AddRow(
                    name,
                    report.Mode == Qsmp.QsmpMode.Simplex ? "simplex" : "duplex",
                    report.KeyIdentity!,
                    report.ValidTo!.Value.ToString("u", CultureInfo.InvariantCulture),
                    report.Validity == "expired" ? "[red]expired[/]" : report.Validity!);
            }
        }

        terminal.OutConsole.Write(table);
    }
}
