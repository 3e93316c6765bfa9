using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>What a daemon's work starts with.</summary>
/// <param name="Terminal">Where messages go.</param>
/// <param name="Loggers">Where events go.</param>
/// <param name="Sockets">What the service manager has bound already.</param>
internal sealed record DaemonContext(CommandTerminal Terminal, TerminalLoggerFactory Loggers, HandedSockets Sockets);
