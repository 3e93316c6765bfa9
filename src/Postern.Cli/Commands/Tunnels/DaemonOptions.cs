using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Health;
using Postern.Cli.Terminal;

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

    private readonly Option<IPEndPoint?> _admin = EndPointArgument.Address(
        "--admin-listen", "Answer /healthz and /metrics over plain HTTP here, such as 127.0.0.1:9090. Default: nowhere.", IPAddress.Loopback);

    private readonly Option<bool> _adminOutside = new("--unsafe-admin-listen") { Description = "Let other machines ask for health and metrics, too." };

    private readonly Option<Uri?> _otlp = new("--otlp")
    {
        Description = "Send metrics and traces to this OpenTelemetry collector by OTLP over HTTP, such as http://127.0.0.1:4318.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (OtlpExport.TryParse(result.Tokens[0].Value, out Uri? address)) return address;
            result.AddError($"--otlp is an address with http:// or https://, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private readonly LogOptions _log = new();

    /// <summary>Where further options come from.</summary>
    public Option<string?> ConfigurationFile { get; } = new("--config")
    {
        Description = "JSON file with options by their long names; those that are given here, or in the environment as POSTERN_ and the name, go first.",
        HelpName = "FILE",
    };

    public LogOptions Log => _log;

    public void AddTo(Command command)
    {
        command.Add(ConfigurationFile);
        if (command is DaemonCommand daemon)
        {
            daemon.ConfigurationFile = ConfigurationFile;
            daemon.ReadOnce.AddRange([_readyFile, _drainTimeout, _admin, _otlp, .. _log.All]);
        }

        command.Add(_readyFile);
        command.Add(_drainTimeout);
        command.Add(_admin);
        command.Add(_adminOutside);
        command.Add(_otlp);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_admin) is { Address: { } address } && !IPAddress.IsLoopback(address) && !result.GetValue(_adminOutside))
            {
                result.AddError($"--admin-listen {address} is no loopback address: whoever reaches it sees how this process is. Add --unsafe-admin-listen if that is meant.");
            }
        });
        _log.AddTo(command);
    }

    /// <summary>Has the command run as a daemon what it starts.</summary>
    public void Run(DaemonCommand command, CommandTerminal terminal, Func<ParseResult, DaemonContext, CancellationToken, Task<DaemonService>> start)
    {
        command.Start = start;
        command.SetAction((result, stop) => RunAsync(command, result, terminal, stop));
    }

    /// <summary>Runs what the command starts.</summary>
    public async Task<int> RunAsync(DaemonCommand command, ParseResult result, CommandTerminal terminal, CancellationToken stop)
    {
        using TerminalLoggerFactory loggers = _log.CreateLoggers(result, terminal);
        return await Daemon.RunAsync(terminal, Create(result), loggers, context => command.Start!(result, context, stop));
    }

    public DaemonSettings Create(ParseResult result) => new()
    {
        Command = CommandPath.WithoutProgram(result),
        ReadyFile = result.GetValue(_readyFile),
        DrainTimeout = TimeSpan.FromSeconds(result.GetValue(_drainTimeout)),
        AdminEndPoint = result.GetValue(_admin),
        Collector = result.GetValue(_otlp),
        Start = result,
        Read = () => result.CommandResult.Command is DaemonCommand { Reread: { } reread } ? reread() : result,
    };
}
