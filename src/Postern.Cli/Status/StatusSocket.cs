using System.Net.Sockets;
using System.Text.Json;
using Postern.Cli.Terminal;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Status;

/// <summary>
/// Answers <c>postern status</c>: a local socket that only this user reaches, and whoever connects gets one JSON object. It shows what
/// channels there are and what their keys were used for; no key, no payload, nothing that can be changed.
/// </summary>
internal sealed class StatusSocket : IAsyncDisposable
{
    private const int MaxQuestions = 8;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly Func<ProcessReport> _report;
    private readonly SemaphoreSlim _room = new(MaxQuestions);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private StatusSocket(Socket listener, string path, Func<ProcessReport> report)
    {
        _listener = listener;
        _path = path;
        _report = report;
        _accepting = Task.Run(AcceptLoopAsync);
    }

    /// <summary>Starts to answer. Null, with a warning, where that cannot be: the command's work does not depend on it.</summary>
    public static StatusSocket? Start(
        CommandTerminal terminal, string command, Func<string?> listening, Func<IReadOnlyList<SecureChannel>> channels, Func<IReadOnlyList<RevocationMonitor>> revocation)
    {
        if (StatusFolder.Find(terminal) is not { } folder) return null;
        DateTimeOffset started = terminal.Clock.GetUtcNow();
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            string path = StatusFolder.Create(folder);
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(MaxQuestions);
            return new StatusSocket(socket, path, () => new ProcessReport
            {
                ProcessId = Environment.ProcessId,
                Command = command,
                Listening = listening(),
                Started = started,
                Revocation = Reports(revocation().Take(1), terminal.Clock).FirstOrDefault(),
                FurtherRevocation = Reports(revocation().Skip(1), terminal.Clock),
                Channels = [.. channels().Select(channel => ChannelReport.Of(channel.GetStatus()))],
            });
        }
        catch (Exception exception) when (exception is IOException or SocketException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            socket.Dispose();
            terminal.WriteWarning($"'postern status' will not see this process: {exception.Message}");
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        for (int i = 0; i < MaxQuestions; i++) await _room.WaitAsync();
        File.Delete(_path);
        _stop.Dispose();
        _room.Dispose();
    }

    private static List<RevocationReport> Reports(IEnumerable<RevocationMonitor> monitors, TimeProvider clock) =>
        [.. monitors.Select(monitor => RevocationReport.Of(monitor.GetStatus(), clock.GetUtcNow()))];

    private async Task AcceptLoopAsync()
    {
        while (true)
        {
            try
            {
                await _room.WaitAsync(_stop.Token);
                Socket socket = await AcceptAsync();
                _ = Task.Run(() => AnswerAsync(socket), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Room was taken for it.
    private async Task<Socket> AcceptAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                _room.Release();
                throw new OperationCanceledException(_stop.Token);
            }
            catch (SocketException)
            {
                await Task.Delay(AcceptRetryDelay, CancellationToken.None);
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        deadline.CancelAfter(AnswerTime);
        try
        {
            await using NetworkStream stream = new(socket, ownsSocket: true);
            await JsonSerializer.SerializeAsync(stream, _report(), JsonSerializerOptions.Web, deadline.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // Whoever asked has gone.
        }
        finally
        {
            _room.Release();
        }
    }
}
