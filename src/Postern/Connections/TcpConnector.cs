using System.Net;
using System.Net.Sockets;

namespace Postern.Connections;

/// <summary>Opens TCP connections and listeners, UNIX sockets too, and sets sockets up alike on both ends.</summary>
internal static class TcpConnector
{
    /// <summary>Connects within <paramref name="timeout"/>.</summary>
    /// <exception cref="ChannelException">Nobody answers there, or not in time.</exception>
    public static async Task<Socket> ConnectAsync(EndPoint endPoint, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        Socket? socket = null;
        try
        {
            socket = CreateFor(endPoint);
            DescriptorReserve.OfProcess.Check(socket);
            await socket.ConnectAsync(endPoint, deadline.Token).ConfigureAwait(false);
            Configure(socket);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new ChannelException(ChannelError.ConnectionFailed, $"Cannot connect to {EndPointText.Of(endPoint)}: {exception.Message}.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            socket?.Dispose();
            throw new ChannelException(
                ChannelError.ConnectionFailed, $"{EndPointText.Of(endPoint)} did not answer within {timeout.TotalSeconds:0.#} s.", exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Listens on an address; IPv6's any address takes IPv4 connections too. A socket that listens already is taken as it is.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static Socket Listen(EndPoint endPoint)
    {
        if (endPoint is ListeningSocket handed) return handed.Take();
        Socket socket = CreateFor(endPoint);
        try
        {
            if (endPoint is IPEndPoint { Address: { } address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(512);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The peer's address; null if the peer has gone already, for then the system does not know it any more.</summary>
    public static EndPoint? RemoteOf(Socket socket) => Ask(() => socket.RemoteEndPoint);

    /// <summary>The address on this side, or null as for the peer's.</summary>
    public static EndPoint? LocalOf(Socket socket) => Ask(() => socket.LocalEndPoint);

    /// <summary>No delay, because each packet is one write (QSTP §7); keep-alive, because the protocol has none.</summary>
    public static void Configure(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix) return;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    private static Socket CreateFor(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        IPEndPoint address => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        // Without a family the socket is dual-stack, and a name's addresses are tried one after another.
        _ => new Socket(SocketType.Stream, ProtocolType.Tcp),
    };

    private static EndPoint? Ask(Func<EndPoint?> address)
    {
        try
        {
            return address();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
