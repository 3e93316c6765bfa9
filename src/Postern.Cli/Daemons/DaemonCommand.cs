using Postern.Cli.Commands;

namespace Postern.Cli.Daemons;

/// <summary>A command that stays until a signal ends it, and ends in its own time.</summary>
internal sealed class DaemonCommand(string name, string summary, string details) : DetailedCommand(name, summary, $"{ExitCodes}\n\n{details}")
{
    private const string ExitCodes =
        """
        Ctrl-C or SIGTERM ends it: exit code 0 says that every connection ended by itself, 130 that some had to be cut.
        """;
}
