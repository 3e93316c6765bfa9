using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What is logged to stderr, and how.</summary>
internal sealed class LogOptions
{
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log every connection, and exceptions in full." };

    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Log warnings and errors only." };

    private readonly Option<string> _format = new("--log-format")
    {
        Description = "Log lines as text, or as one JSON object each.",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
    };

    public IEnumerable<Option> All => [_verbose, _quiet, _format];

    public void AddTo(Command command)
    {
        _format.AcceptOnlyFromAmong("text", "json");
        foreach (Option option in All) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_verbose) && result.GetValue(_quiet)) result.AddError("--verbose and --quiet exclude each other.");
        });
    }

    public TerminalLoggerFactory CreateLoggers(ParseResult result, CommandTerminal terminal)
    {
        LogLevel least = result.GetValue(_verbose) ? LogLevel.Debug : result.GetValue(_quiet) ? LogLevel.Warning : LogLevel.Information;
        return new TerminalLoggerFactory(terminal, least, result.GetValue(_format) == "json");
    }
}
