using Postern.Cli.Commands;

namespace Postern.Cli.Daemons;

/// <summary>A command that stays until a signal ends it, and ends in its own time.</summary>
internal sealed class DaemonCommand(string name, string summary, string details) : DetailedCommand(name, summary, details);
