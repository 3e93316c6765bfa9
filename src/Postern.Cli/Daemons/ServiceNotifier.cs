using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Postern.Cli.Terminal;
using Postern.Packets;

namespace Postern.Cli.Daemons;

/// <summary>Tells systemd how this process is: sd_notify(3). Without <c>NOTIFY_SOCKET</c> it tells nobody.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    /// <summary>What is meant for this process alone, and not for programs that it starts.</summary>
    public static readonly IReadOnlyList<string> Variables = [AddressVariable, "WATCHDOG_USEC", "WATCHDOG_PID", .. HandedSockets.Variables];

    private const string AddressVariable = "NOTIFY_SOCKET";

    // A manager that reads nothing for so long gets no message: nothing here may wait for it for ever.
    private const int Patience = 5000;

    // What a timer can do: an answer every millisecond, and one in a day is often enough for any longer time.
    private const long LeastTimeout = 2_000;
    private const long MostTimeout = 24 * 3600 * 1_000_000L;

    private readonly Socket? _socket;
    private readonly string _path;
    private readonly ILogger _logger;
    private bool _hasFailed;

    private ServiceNotifier(Socket? socket, string path, TimeSpan? watchdog, ILogger logger)
    {
        _socket = socket;
        _path = path;
        _logger = logger;
        WatchdogTimeout = watchdog;
    }

    /// <summary>How long systemd waits for a sign of life; null if it waits for none.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>Finds out who is to be told.</summary>
    public static ServiceNotifier Create(CommandTerminal terminal, ILogger logger)
    {
        if (terminal.GetVariable(AddressVariable) is not { Length: > 1 } path || path[0] is not ('/' or '@')) return new ServiceNotifier(null, string.Empty, null, logger);
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = Patience };
        return new ServiceNotifier(socket, path, WatchdogOf(terminal), logger);
    }

    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    public void Reloading() => Send($"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds()}\nSTATUS=Reading files anew");

    public void Stopping(string status) => Send($"STOPPING=1\nSTATUS={OneLine(status)}");

    public void Alive(string status) => Send($"WATCHDOG=1\nSTATUS={OneLine(status)}");

    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? WatchdogOf(CommandTerminal terminal)
    {
        if (!long.TryParse(terminal.GetVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) || microseconds == 0) return null;
        string? process = terminal.GetVariable("WATCHDOG_PID");
        if (process is not null && process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) return null;
        return TimeSpan.FromMicroseconds(Math.Clamp(microseconds, LeastTimeout, MostTimeout));
    }

    // CLOCK_MONOTONIC, which the stopwatch reads on Linux; systemd is nowhere else.
    private static long MonotonicMicroseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    private static string OneLine(string text) => ForeignText.Printable(text);

    // A message that is lost costs this process its watchdog, and nothing else.
    private void Send(string message)
    {
        if (_socket is null) return;
        try
        {
            string address = _path[0] == '@' ? $"\0{_path[1..]}" : _path;
            _socket.SendTo(Encoding.UTF8.GetBytes(message), SocketFlags.None, new UnixDomainSocketEndPoint(address));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            if (!_hasFailed) DaemonLog.NotNotified(_logger, _path, exception.Message);
            _hasFailed = true;
        }
    }
}
