namespace Postern.Cli;

/// <summary>A message for the person at the terminal: what is wrong and what to do. It ends the command with its exit code.</summary>
#pragma warning disable CA1064 // Internal: it never leaves the command.
internal sealed class CommandException(int exitCode, string message) : Exception(message)
#pragma warning restore CA1064
{
    public int ExitCode { get; } = exitCode;
}
