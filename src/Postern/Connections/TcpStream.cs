using System.Net.Sockets;

namespace Postern.Connections;

/// <summary>
/// A socket as a stream that owns it. What fits into the system's buffer, as nearly every packet does, is written without the socket's
/// asynchronous sender: that costs each connection about 400 bytes from its first use on.
/// </summary>
internal sealed class TcpStream : NetworkStream
{
    public TcpStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
        // Synchronous calls then say that they would block. Asynchronous ones do not care.
        socket.Blocking = false;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        int sent = Socket.Send(buffer.Span, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            return ValueTask.FromException(new IOException("The connection cannot be written to.", new SocketException((int)error)));
        }

        return sent == buffer.Length ? ValueTask.CompletedTask : base.WriteAsync(buffer[sent..], cancellationToken);
    }
}
