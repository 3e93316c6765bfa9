using Microsoft.Extensions.Logging;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>Log lines to stderr.</summary>
internal sealed class TerminalLoggerFactory(CommandTerminal terminal, LogLevel least, bool json) : ILoggerFactory
{
    private readonly LoggerExternalScopeProvider _scopes = new();
    private readonly LineRate _rate = new(terminal.Clock);

    public ILogger CreateLogger(string categoryName) => new TerminalLogger(terminal, categoryName, least, json, _scopes, _rate);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one destination: stderr.");

    public void Dispose()
    {
        // The terminal is not ours.
    }
}
