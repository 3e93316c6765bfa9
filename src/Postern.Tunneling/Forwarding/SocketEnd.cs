using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>A TCP connection as the plain side of a relay. It owns the socket.</summary>
public sealed class SocketEnd : PlainEnd
{
    private readonly Socket _socket;

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
    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, SocketFlags.None);

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        // A stream socket's send completes when everything was taken.
        await _socket.SendAsync(data, SocketFlags.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync()
    {
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
}
