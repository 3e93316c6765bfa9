using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.Cli.Files;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.Storage;

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
        if (settings.ReadyFile is { } readyFile) PrepareReadyFile(readyFile);
        using StopSignals signals = new();
        await using T service = Start(endPoint, start);
        await using StatusSocket? status = StatusSocket.Start(
            terminal, settings.Command, () => addressOf(service).ToString(), () => channelsOf(service));
        try
        {
            if (settings.ReadyFile is { } path) AtomicFile.WritePublic(path, Encoding.UTF8.GetBytes($"{addressOf(service)}\n"), overwrite: true);
            await (finished is null ? signals.First : Task.WhenAny(signals.First, finished));
            if (await DrainAsync(service, drain, settings.DrainTimeout, signals.Second)) return ExitCode.Success;
            terminal.WriteWarning("Connections were cut: they had not ended in time.");
            return ExitCode.Interrupted;
        }
        finally
        {
            if (settings.ReadyFile is { } path) File.Delete(path);
        }
    }

    // What a run that crashed left behind must not say that this one listens.
    private static void PrepareReadyFile(string path)
    {
        if (Directory.Exists(path)) throw new CommandException(ExitCode.File, $"{path} is a folder; --ready-file is a file.");
        OutputFiles.ExpectFolderOf(path);
        File.Delete(path);
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
