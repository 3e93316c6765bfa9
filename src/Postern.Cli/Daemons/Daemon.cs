using System.Net;
using System.Net.Sockets;
using Postern.Cli.Status;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>The life of a command that listens: start, say so, wait for a signal, drain, cut, clean up.</summary>
internal static class Daemon
{
    /// <summary>Runs what <paramref name="start"/> starts until a signal, or until <paramref name="finished"/>.</summary>
    /// <returns>Success if every connection ended by itself, interrupted if some had to be cut.</returns>
    public static async Task<int> RunAsync<T>(
        CommandTerminal terminal,
        DaemonSettings settings,
        EndPoint endPoint,
        Func<T> start,
        Func<T, EndPoint> addressOf,
        Func<T, CancellationToken, Task<bool>> drain,
        Func<T, IReadOnlyList<SecureChannel>> channelsOf,
        Task? finished = null)
        where T : IAsyncDisposable
    {
        using ReadyFile? ready = ReadyFile.Prepare(settings.ReadyFile);
        using StopSignals signals = new();
        await using T service = Start(endPoint, start);
        await using StatusSocket? status = StatusSocket.Start(
            terminal, settings.Command, () => addressOf(service).ToString(), () => channelsOf(service), settings.Revocation);
        ready?.Write(addressOf(service));
        if (finished is not null && await Task.WhenAny(signals.First, finished) == finished) await finished;
        else await signals.First;
        if (await DrainAsync(service, drain, settings.DrainTimeout, signals.Second)) return ExitCode.Success;
        terminal.WriteWarning("Connections were cut: they had not ended in time.");
        return ExitCode.Interrupted;
    }

    private static T Start<T>(EndPoint endPoint, Func<T> start)
    {
        try
        {
            return start();
        }
        catch (SocketException exception)
        {
            throw new CommandException(ExitCode.Channel, $"Cannot listen on {endPoint}: {exception.Message}. Choose another with --listen.");
        }
    }

    private static async Task<bool> DrainAsync<T>(
        T service, Func<T, CancellationToken, Task<bool>> drain, TimeSpan timeout, CancellationToken cutNow)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cutNow);
        deadline.CancelAfter(timeout);
        return await drain(service, deadline.Token);
    }
}
