using System.CommandLine;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern status</c>: the live channels of running processes.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<int?> process = new("--pid") { Description = "Only the process with this id.", HelpName = "PID" };
        Option<bool> watch = new("--watch", "-w") { Description = "Look again and again, until Ctrl-C: a live view with bytes a second. With --json a line for each look." };
        Option<double> interval = SecondsOption.Create("--interval", "With --watch: from one look to the next.", 2);
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "status",
            "Show the live channels of your running postern processes.",
            """
            Every command that keeps channels open answers on a local socket that only you reach, in $XDG_RUNTIME_DIR/postern. The exit
            code is 1 if no process answers, but not with --watch. Key age and counts are those of the key that this side sends with. A terminal of less than
            200 characters has room for half of the columns; --json has them all. Root sees the services of systemd, too.

            Examples:
              postern status
              postern status --watch
              postern status --pid 4711 --json
            """)
        {
            process, watch, interval, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(interval) is { Implicit: false } && !result.GetValue(watch)) result.AddError("--interval needs --watch.");
        });
        command.SetAction(async (result, cancellationToken) =>
        {
            int? only = result.GetValue(process);
            if (result.GetValue(watch))
            {
                StatusWatch watching = new(terminal, only, TimeSpan.FromSeconds(result.GetValue(interval)));
                await (result.GetValue(json) ? watching.WriteJsonAsync(cancellationToken) : watching.ShowAsync(cancellationToken));
                return ExitCode.Success;
            }

            List<ProcessReport> reports = await RunningProcesses.AskAsync(terminal, only, terminal.WriteWarning, cancellationToken);
            if (result.GetValue(json)) terminal.WriteJson(reports);
            else terminal.OutConsole.Write(new Rows(StatusView.Of(reports, terminal.OutConsole.Profile.Width)));
            if (reports.Count > 0) return ExitCode.Success;
            terminal.WriteHint(RunningProcesses.NoneAnswers(only));
            return ExitCode.Failed;
        });
        return command;
    }
}
