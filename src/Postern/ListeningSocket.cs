using System.Net;
using System.Net.Sockets;

namespace Postern;

/// <summary>
/// A socket that listens already, in the place of an address to listen on: one that a service manager handed over, or that was made in a way of one's
/// own. Whoever listens takes it over.
/// </summary>
public sealed class ListeningSocket : EndPoint
{
    private readonly Socket _socket;
    private readonly EndPoint _endPoint;
    private int _isTaken;

    /// <summary>Wraps a socket.</summary>
    /// <param name="socket">A stream socket that listens: TCP, or UNIX.</param>
    /// <exception cref="ArgumentException">It does not listen.</exception>
    public ListeningSocket(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (!Listens(socket)) throw new ArgumentException("The socket does not listen for connections.", nameof(socket));
        _socket = socket;
        _endPoint = socket.LocalEndPoint!;
    }

    /// <summary>The address that the socket is bound to.</summary>
    public EndPoint LocalEndPoint => _endPoint;

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => _socket.AddressFamily;

    /// <summary>The address that the socket is bound to.</summary>
    public override string ToString() => _endPoint.ToString()!;

    /// <summary>Hands the socket over, once.</summary>
    internal Socket Take() => Interlocked.Exchange(ref _isTaken, 1) == 0
        ? _socket
        : throw new InvalidOperationException($"Somebody listens on the socket {_endPoint} already.");

    private static bool Listens(Socket socket) =>
        socket.SocketType == SocketType.Stream && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is int and not 0;
}
