using System.CommandLine;
using Postern.Cli.Daemons;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>How a command that stays starts and ends.</summary>
internal sealed class DaemonOptions
{
    private readonly Option<string?> _readyFile = new("--ready-file")
    {
        Description = "File that is written with the bound address, the first if there are several, once it listens, and deleted at the end.",
        HelpName = "FILE",
    };

    private readonly Option<double> _drainTimeout = SecondsOption.Create(
        "--drain-timeout", "At Ctrl-C or SIGTERM: let connections end by themselves for so long, then cut them. A second signal cuts at once.", 5, allowZero: true);

    private readonly LogOptions _log = new();

    public LogOptions Log => _log;

    public void AddTo(Command command)
    {
        command.Add(_readyFile);
        command.Add(_drainTimeout);
        _log.AddTo(command);
    }

    public DaemonSettings Create(ParseResult result, IReadOnlyList<RevocationMonitor>? revocation = null) => new(
        CommandPath.WithoutProgram(result), result.GetValue(_readyFile), TimeSpan.FromSeconds(result.GetValue(_drainTimeout)), revocation ?? []);
}
