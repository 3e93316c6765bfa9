using System.CommandLine;

namespace Postern.Cli.Daemons;

/// <summary>A command that stays until a signal ends it, and ends in its own time.</summary>
internal sealed class DaemonCommand(string name, string description) : Command(name, description);
