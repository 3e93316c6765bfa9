using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>A TCP connection as the plain side of a relay. It owns the socket.</summary>
public sealed class SocketEnd : PlainEnd
{
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const byte ClosedState = 7;

    private readonly Socket _socket;
    private bool _isCompleted;

    /// <summary>Takes over a connected socket.</summary>
    public SocketEnd(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        // Until both directions have ended well, closing means a reset, even when it is the system that closes for a process that died.
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    /// <inheritdoc/>
    public override async ValueTask WaitForDataAsync() => await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int size = await _socket.ReceiveAsync(buffer, SocketFlags.None).ConfigureAwait(false);
        if (size == 0 && WasReset()) throw new SocketException((int)SocketError.ConnectionReset);
        return size;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        // A stream socket's send completes when everything was taken.
        await _socket.SendAsync(data, SocketFlags.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync()
    {
        Volatile.Write(ref _isCompleted, true);
        _socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask CloseAsync()
    {
        _socket.LingerState = new LingerOption(enable: false, seconds: 0);
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask AbortAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    // Linux tells of a reset once. If it has told a write that runs beside, a read ends as after a goodbye; but a connection that both have not closed is closed then.
    // Its state is looked at first: if it comes from our own goodbye, that is noted by now.
    private bool WasReset()
    {
        if (!OperatingSystem.IsLinux() || _socket.AddressFamily == AddressFamily.Unix) return false;
        Span<byte> state = stackalloc byte[1];
        _socket.GetRawSocketOption(TcpLevel, TcpInfo, state);
        return state[0] == ClosedState && !Volatile.Read(ref _isCompleted);
    }
}
