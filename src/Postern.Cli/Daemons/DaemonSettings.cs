namespace Postern.Cli.Daemons;

/// <summary>How a daemon reports that it listens, and how long it waits at the end.</summary>
internal sealed record DaemonSettings(string? ReadyFile, TimeSpan DrainTimeout);
