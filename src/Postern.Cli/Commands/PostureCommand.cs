using System.CommandLine;
using Postern.Cli.Doctor;
using Postern.Cli.Posture;
using Postern.Cli.Status;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern posture</c>: a report for auditors.</summary>
internal static class PostureCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string[]> paths = new("PATH") { Description = "Files and folders to report on. Default: the current folder, unless services are named.", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> services = new("--service")
        {
            Description = "Command line of a service, as its unit file has it: its settings are reported, and the files that it names. Can be repeated.",
            HelpName = "COMMAND",
        };
        Option<string[]> configurations = new("--config") { Description = "Configuration file of 'postern run': the same as --service 'run --config FILE'. Can be repeated.", HelpName = "FILE" };
        Option<bool> noProcesses = new("--no-processes") { Description = "Do not ask the running processes for their channels." };
        Option<TimeSpan?> warnBefore = CommonOptions.WarnBefore();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<bool> strict = new("--strict") { Description = "Exit code 1 for warnings, too." };
        DetailedCommand command = new(
            "posture",
            "Write a report for auditors as JSON: configuration sets, certificates and keys with their dates, settings, open channels, and what is wrong.",
            """
            The report has no secrets, but says where keys are and who is connected. Fields: docs/posture.md. The environment that counts for
            --service is that of this command. Keys under a passphrase are opened if it was given. The exit code is 1 if something failed.

            Examples:
              postern posture /etc/postern > posture.json
              postern posture --config /etc/postern/tunnels.json --strict
              postern posture --service 'expose --to 127.0.0.1:80 --root root.qrr --cert server.qrc --key server.qsk' --no-processes
            """)
        {
            paths, services, configurations, noProcesses, warnBefore, passphraseFile, strict,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            string[] lines = [.. result.GetValue(services) ?? [], .. (result.GetValue(configurations) ?? []).Select(file => $"{RunCommand.Name} --config \"{file}\"")];
            AuditedService[] audited = [.. lines.SelectMany(line => AuditedServices.Read(terminal, result.RootCommandResult.Command, line))];
            List<string> files = [.. result.GetValue(paths) ?? []];
            if (files.Count == 0 && audited.Length == 0) files.Add(".");
            List<ProcessReport>? processes = result.GetValue(noProcesses) ? null : await RunningProcesses.AskAsync(terminal, only: null, terminal.WriteWarning, cancellationToken);
            PostureRun run = new(terminal, new PassphraseSource(terminal, result.GetValue(passphraseFile)), result.GetValue(warnBefore) ?? CommonOptions.StandardWarning);
            PostureReport report = run.Run(files, audited, processes);
            terminal.WriteJson(report);
            FindingLevel worst = report.Summary.Level;
            return worst == FindingLevel.Fail || (worst == FindingLevel.Warn && result.GetValue(strict)) ? ExitCode.Failed : ExitCode.Success;
        });
        return command;
    }
}
