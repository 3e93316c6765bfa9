using System.CommandLine;
using System.Net;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Doctor;
using Postern.Cli.Terminal;
using Postern.Packets;
using Postern.Qstp;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern doctor</c>: looks at files, clock and network, and says what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string[]> paths = new("PATH") { Description = "Files and folders to look at. Default: the current folder.", Arity = ArgumentArity.ZeroOrMore };
        Option<EndPoint?> server = EndPointArgument.Remote("--server", "A server that must be reachable; with a handshake if its certificate is among the files.", _ => QstpClient.DefaultPort);
        server.Required = false;
        Option<IPEndPoint?> listen = EndPointArgument.Listen("An address that must be free to listen on.", EndPointArgument.Any, usualPort: null);
        listen.Required = false;
        Option<TimeSpan?> warnBefore = DurationOption.Create(
            "--warn-before", "Warn of what ends within this time. Default 30d.", TimeSpan.FromSeconds(1), TimeSpan.FromDays(3660));
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<bool> strict = new("--strict") { Description = "Exit code 1 for warnings, too." };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "doctor",
            "Look at certificates, keys, lists, the inventory, the clock and the network, and say what is wrong and what to do.",
            """
            In a folder and its subfolders the files with an extension of Postern are looked at: modes, form, dates, whether certificates verify under the roots among
            them and keys belong to them, revocation lists, the inventory's log. An inventory on a server is named by its address. Keys under a passphrase are opened if it was given. The exit
            code is 1 if something failed.

            Examples:
              postern doctor
              postern doctor /etc/postern --server gate.example.org --listen 4443 --strict
              postern doctor root/root_public_cert.qrr postgres://postern@db.example.org/authority
            """)
        {
            paths, server, listen, warnBefore, passphraseFile, strict, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using ExaminedFiles files = ExaminedFiles.Read(
                terminal, new PassphraseSource(terminal, result.GetValue(passphraseFile)), result.GetValue(paths) is { Length: > 0 } given ? given : ["."]);
            DoctorRun run = new(terminal, result.GetValue(warnBefore) ?? CommonOptions.StandardWarning);
            IReadOnlyList<Finding> findings = await run.RunAsync(files, result.GetValue(server), result.GetValue(listen), cancellationToken);
            if (result.GetValue(json)) terminal.WriteJson(findings);
            else Write(terminal, findings);
            FindingLevel worst = findings.Max(finding => finding.Level);
            return worst == FindingLevel.Fail || (worst == FindingLevel.Warn && result.GetValue(strict)) ? ExitCode.Failed : ExitCode.Success;
        });
        return command;
    }

    private static void Write(CommandTerminal terminal, IReadOnlyList<Finding> findings)
    {
        if (!terminal.IsOutputTerminal)
        {
            terminal.WriteLines(findings.Select(finding => $"{Word(finding)}  {finding.Subject}: {Line(finding)}"));
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("", "what", "finding", "what to do");
        foreach (Finding finding in findings) table.AddRow($"[{Colour(finding)}]{Word(finding)}[/]", Cell(finding.Subject), Cell(finding.Message), Cell(finding.Advice));
        terminal.OutConsole.Write(table);
    }

    private static string Line(Finding finding) => finding.Advice is { } advice ? $"{finding.Message.TrimEnd('.')}. {advice}" : finding.Message;

    private static string Word(Finding finding) => finding.Level.ToString().ToLowerInvariant();

    private static string Colour(Finding finding) => finding.Level switch
    {
        FindingLevel.Ok => "green",
        FindingLevel.Warn => "yellow",
        _ => "red",
    };

    private static string Cell(string? text) => Markup.Escape(ForeignText.Printable(text ?? string.Empty));
}
