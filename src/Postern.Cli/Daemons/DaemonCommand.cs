using System.CommandLine;
using Postern.Cli.Commands;

namespace Postern.Cli.Daemons;

/// <summary>A command that stays until a signal ends it, and ends in its own time.</summary>
internal sealed class DaemonCommand(string name, string summary, string details) : DetailedCommand(name, summary, $"{ExitCodes}\n\n{details}")
{
    private const string ExitCodes =
        """
        Ctrl-C or SIGTERM ends it: exit code 0 says that every connection ended by itself, 130 that some had to be cut. SIGHUP makes it read its files anew.
        """;

    /// <summary>The option that names a file with further options; null if it has none.</summary>
    public Option<string?>? ConfigurationFile { get; set; }

    /// <summary>Reads the command line again, with the environment and the file: what they say may have changed.</summary>
    public Func<ParseResult>? Reread { get; set; }

    /// <summary>Options that hold from the start to the end: a reload does not read them.</summary>
    public List<Option> ReadOnce { get; } = [];

    /// <summary>Starts its work: loads, checks, listens.</summary>
    public Func<ParseResult, DaemonContext, CancellationToken, Task<DaemonService>>? Start { get; set; }
}
