using Postern.Qstp.Revocation;

namespace Postern.Cli.Daemons;

/// <summary>What a daemon is called, how it reports that it listens, how long it waits at the end, and the revocation lists it goes by.</summary>
internal sealed record DaemonSettings(string Command, string? ReadyFile, TimeSpan DrainTimeout, IReadOnlyList<RevocationMonitor> Revocation);
