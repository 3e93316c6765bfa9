using System.CommandLine;
using System.Net;

namespace Postern.Cli.Daemons;

/// <summary>How a daemon is run: what it is called, how it says that it listens, how long it waits at the end.</summary>
internal sealed record DaemonSettings
{
    public required string Command { get; init; }

    public string? ReadyFile { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Where health and metrics are asked for; null for nowhere.</summary>
    public IPEndPoint? AdminEndPoint { get; init; }

    /// <summary>Where metrics and traces are sent to; null for nowhere.</summary>
    public Uri? Collector { get; init; }

    /// <summary>What it was started with.</summary>
    public required ParseResult Start { get; init; }

    /// <summary>What the command line says now: options that come from a file may have changed.</summary>
    public required Func<ParseResult> Read { get; init; }
}
