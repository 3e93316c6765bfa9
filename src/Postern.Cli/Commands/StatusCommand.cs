using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
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
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "status",
            "Show the live channels of your running postern processes.",
            """
            Every command that keeps channels open answers on a local socket that only you reach, in $XDG_RUNTIME_DIR/postern. The exit
            code is 1 if no process answers. Key age and counts are those of the key that this side sends with.

            Examples:
              postern status
              postern status --pid 4711 --json
            """)
        {
            process, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            List<ProcessReport> reports = await AskAsync(terminal, result.GetValue(process), cancellationToken);
            if (result.GetValue(json)) terminal.WriteJson(reports);
            else foreach (ProcessReport report in reports) Write(terminal, report);
            if (reports.Count > 0) return ExitCode.Success;
            terminal.WriteHint(result.GetValue(process) is { } id ? $"The process {id} does not answer." : "No running postern process answers.");
            return ExitCode.Failed;
        });
        return command;
    }

    private static async Task<List<ProcessReport>> AskAsync(CommandTerminal terminal, int? only, CancellationToken cancellationToken)
    {
        List<ProcessReport> reports = [];
        if (StatusFolder.Find(terminal) is not { } folder) return reports;
        StatusFolder.ExpectPrivate(folder);
        foreach ((int id, string path) in StatusFolder.Sockets(folder))
        {
            if (only is not null && only != id) continue;
            try
            {
                if (await StatusQuery.AskAsync(path, cancellationToken) is { } report) reports.Add(report);
                else if (!IsRunning(id)) File.Delete(path); // Left behind by a process that crashed.
            }
            catch (IOException exception)
            {
                terminal.WriteWarning(exception.Message);
            }
        }

        return reports;
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Write(CommandTerminal terminal, ProcessReport report)
    {
        string listening = report.Listening is null ? string.Empty : $" on {report.Listening}";
        terminal.WriteLine($"{report.ProcessId} postern {report.Command}{listening}, since {Date(report.Started)}: {report.Channels.Count} {(report.Channels.Count == 1 ? "channel" : "channels")}");
        if (report.Revocation is { } revocation) terminal.WriteLine($"  {revocation.ToLine()}");
        foreach (RevocationReport further in report.FurtherRevocation) terminal.WriteLine($"  {further.ToLine()}");
        if (report.Channels.Count == 0) return;
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("id", "remote", "peer", "as", "set", "since", "idle s", "sent", "received", "epoch", "ratchets", "key since", "under key", "clock");
        foreach (ChannelReport channel in report.Channels)
        {
            table.AddRow(
                $"{channel.Id}",
                Cell(channel.Remote),
                Cell(Short(channel.PeerFingerprint ?? channel.Peer)),
                Cell(Short(channel.As)),
                Cell(channel.Cipher == ChannelCipher.Rcs ? channel.Suite : $"{channel.Suite}, {channel.Cipher}"),
                Date(channel.Established),
                $"{channel.IdleSeconds:0}",
                $"{channel.BytesSent}",
                $"{channel.BytesReceived}",
                $"{channel.Epoch}",
                $"{channel.Ratchets}",
                Date(channel.KeySince),
                $"{channel.BytesSentUnderKey}",
                channel.PeerClockOffsetSeconds is { } offset ? $"{offset:+0;-0;0} s" : string.Empty);
        }

        terminal.OutConsole.Write(table);
    }

    private static string? Short(string? digits) => digits is { Length: > 16 } ? digits[..16] : digits;

    private static string Cell(string? text) => Markup.Escape(CommandTerminal.Printable(text ?? string.Empty));

    private static string Date(DateTimeOffset date) => date.ToString("u", CultureInfo.InvariantCulture);
}
