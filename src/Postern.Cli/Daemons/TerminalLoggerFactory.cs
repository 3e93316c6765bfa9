using Microsoft.Extensions.Logging;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>Log lines to stderr.</summary>
/// <param name="terminal">Has it.</param>
/// <param name="least">What is written.</param>
/// <param name="json">As objects.</param>
/// <param name="tunnel">Which of several tunnels the lines are of; null if there is one, or they are of the whole process.</param>
internal sealed class TerminalLoggerFactory(CommandTerminal terminal, LogLevel least, bool json, string? tunnel = null) : ILoggerFactory
{
    private readonly LoggerExternalScopeProvider _scopes = new();
    private readonly LineRate _rate = new(terminal.Clock);

    public ILogger CreateLogger(string categoryName) => new TerminalLogger(terminal, categoryName, least, json, tunnel, _scopes, _rate);

    /// <summary>The same, for one of several tunnels.</summary>
    public TerminalLoggerFactory ForTunnel(string name) => new(terminal, least, json, name);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one destination: stderr.");

    public void Dispose()
    {
        // The terminal is not ours.
    }
}
