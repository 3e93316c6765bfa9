using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Postern.Cli.Demo;

/// <summary>
/// Someone on the path: relays TCP connections, notes what passes, and may alter packets from the server. It knows the public header
/// and nothing else.
/// </summary>
internal sealed class WireTap : IAsyncDisposable
{
    private const int HeaderSize = 21;
    private const int CaptureLimit = 8 * 1024 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint _target;
    private readonly Func<WirePacket, IEnumerable<byte[]>> _fromServer;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private readonly Lock _lock = new();
    private readonly MemoryStream _captured = new();
    private readonly List<WirePacket> _packets = [];
    private readonly Task _accepting;

    /// <summary>Listens at once.</summary>
    /// <param name="target">The real server.</param>
    /// <param name="fromServer">What to pass on for a packet from the server; null passes everything on unchanged.</param>
    public WireTap(EndPoint target, Func<WirePacket, IEnumerable<byte[]>>? fromServer = null)
    {
        _target = target;
        _fromServer = fromServer ?? (static packet => [packet.Bytes]);
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>Headers of the first packets, in the order in which they passed.</summary>
    public IReadOnlyList<WirePacket> Packets
    {
        get
        {
            lock (_lock) return [.. _packets];
        }
    }

    /// <summary>The first megabytes of everything that passed, both ways.</summary>
    public byte[] Captured
    {
        get
        {
            lock (_lock) return _captured.ToArray();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Task[] tasks;
        lock (_lock) tasks = [.. _tasks, _accepting];
        await Task.WhenAll(tasks);
        _stop.Dispose();
        _listener.Dispose();
        await _captured.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_lock) _tasks.Add(RelayAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The tap is taken off the line.
        }
    }

    private async Task RelayAsync(Socket clientSocket)
    {
        try
        {
            Socket serverSocket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            clientSocket.NoDelay = true;
            await serverSocket.ConnectAsync(_target, _stop.Token);
            await using NetworkStream client = new(clientSocket, ownsSocket: true);
            await using NetworkStream server = new(serverSocket, ownsSocket: true);
            await Task.WhenAll(
                PassAsync(client, server, serverSocket, static packet => [packet.Bytes], fromServer: false),
                PassAsync(server, client, clientSocket, _fromServer, fromServer: true));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two ended.
        }
    }

    private async Task PassAsync(
        NetworkStream from, NetworkStream to, Socket toSocket, Func<WirePacket, IEnumerable<byte[]>> alter, bool fromServer)
    {
        byte[] header = new byte[HeaderSize];
        while (await from.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, _stop.Token) == HeaderSize)
        {
            byte[] bytes = new byte[HeaderSize + (int)BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(1))];
            header.CopyTo(bytes, 0);
            await from.ReadExactlyAsync(bytes.AsMemory(HeaderSize), _stop.Token);
            WirePacket packet = new(fromServer, bytes);
            Note(packet);
            foreach (byte[] passed in alter(packet)) await to.WriteAsync(passed, _stop.Token);
        }

        toSocket.Shutdown(SocketShutdown.Send);
    }

    private void Note(WirePacket packet)
    {
        lock (_lock)
        {
            if (_packets.Count < 64 || (packet.IsRatchet && _packets.Count < 128)) _packets.Add(packet with { Bytes = packet.Bytes[..HeaderSize] });
            if (_captured.Length + packet.Bytes.Length <= CaptureLimit) _captured.Write(packet.Bytes);
        }
    }
}
