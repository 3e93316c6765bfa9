using System.Net;
using System.Net.Sockets;

namespace Postern.Connections;

/// <summary>A socket that listens. While the process is short of descriptors, the connection that was accepted last waits here, and others with the system.</summary>
internal sealed class SocketAcceptor(Socket listener, DescriptorReserve reserve) : IDisposable
{
    private Socket? _held;
    private volatile bool _isDisposed;

    /// <summary>Where it listens.</summary>
    public EndPoint LocalEndPoint { get; } = listener.LocalEndPoint!;

    /// <summary>The next connection.</summary>
    /// <exception cref="SocketException">There is none now: descriptors are short, or the peer has gone again. Ask once more in a while.</exception>
    public async ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        if (_held is not null && reserve.IsTouched()) throw reserve.Shortage();
        if (Interlocked.Exchange(ref _held, null) is { } held) return held;
        Socket socket = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        if (!reserve.IsTouchedBy(socket)) return socket;
        _held = socket;
        if (_isDisposed) Release();
        throw reserve.Shortage();
    }

    /// <summary>Stops listening, and lets a connection go that waits.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        listener.Dispose();
        Release();
    }

    private void Release() => Interlocked.Exchange(ref _held, null)?.Dispose();
}
