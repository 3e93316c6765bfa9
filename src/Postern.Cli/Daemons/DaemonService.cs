using System.CommandLine;
using System.Net;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Daemons;

/// <summary>What a daemon does, as far as whoever runs it has to know.</summary>
/// <param name="Parts">What is disposed of at its end, in this order.</param>
internal sealed record DaemonService(params IReadOnlyList<IAsyncDisposable> Parts) : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public required Func<EndPoint> LocalEndPoint { get; init; }

    /// <summary>It accepts connections: asked by the watchdog and by whoever wants to know its health.</summary>
    public required Func<bool> IsListening { get; init; }

    /// <summary>Stops accepting, and waits until every connection has ended; false if that was called off.</summary>
    public required Func<CancellationToken, Task<bool>> Drain { get; init; }

    public Func<IReadOnlyList<SecureChannel>> Channels { get; init; } = () => [];

    /// <summary>The revocation lists that it goes by.</summary>
    public Func<IReadOnlyList<RevocationMonitor>> Revocation { get; init; } = () => [];

    /// <summary>It has keys and certificates that can be used today.</summary>
    public Func<bool> IsUsable { get; init; } = () => true;

    /// <summary>The one tunnel that all connections share is up; null where each has its own.</summary>
    public Func<bool>? IsConnected { get; init; }

    /// <summary>Reads everything anew, as a command line says; throws, and changes nothing, if something of it is broken. Null if there is nothing to read.</summary>
    public Func<ParseResult, CancellationToken, Task>? Reload { get; init; }

    /// <summary>Ends when there is no more to do; fails when it is of no use to go on.</summary>
    public Task? Completion { get; init; }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable part in Parts) await part.DisposeAsync();
    }
}
