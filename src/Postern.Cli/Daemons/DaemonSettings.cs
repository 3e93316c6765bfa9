namespace Postern.Cli.Daemons;

/// <summary>What a daemon is called, how it reports that it listens, and how long it waits at the end.</summary>
internal sealed record DaemonSettings(string Command, string? ReadyFile, TimeSpan DrainTimeout);
