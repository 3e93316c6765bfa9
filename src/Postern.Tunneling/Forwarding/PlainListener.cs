using System.Net;
using System.Net.Sockets;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>Listens for plain connections on a TCP address, or on a UNIX socket that only its owner can use and that is removed at the end.</summary>
internal sealed class PlainListener : IDisposable
{
    // What opening a socket as a file ends with: ENXIO of Linux, EOPNOTSUPP of macOS.
    private const int NoSuchDevice = 6;
    private const int NotSupportedByMac = 102;

    private readonly SocketAcceptor _socket;

    private PlainListener(Socket socket, EndPoint localEndPoint)
    {
        _socket = new SocketAcceptor(socket, DescriptorReserve.OfProcess);
        LocalEndPoint = localEndPoint;
    }

    public EndPoint LocalEndPoint { get; }

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static PlainListener Start(EndPoint endPoint)
    {
        if (endPoint is UnixDomainSocketEndPoint path) return StartAt(path);
        Socket socket = TcpConnector.Listen(endPoint);
        return new PlainListener(socket, socket.LocalEndPoint!);
    }

    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken) => _socket.AcceptAsync(cancellationToken);

    // The socket removes the path that it bound, once: later it may be another process's.
    public void Dispose() => _socket.Dispose();

    private static PlainListener StartAt(UnixDomainSocketEndPoint endPoint)
    {
        string path = Path.GetFullPath(endPoint.ToString());
        RemoveIfAbandoned(endPoint, path);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            // Nobody gets in between: connections are refused until it listens.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(512);
            return new PlainListener(socket, endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A process that was killed leaves its socket behind; nobody answers there any more.
    private static void RemoveIfAbandoned(UnixDomainSocketEndPoint endPoint, string path)
    {
        if (!File.Exists(path)) return;
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Something else is there: binding will say so.
        }
    }

    // Connecting to a plain file is refused, too. What cannot be opened for another reason, such as a lock, is no socket; a named pipe opened both ways waits for nobody.
    private static bool IsSocket(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException exception)
        {
            return exception.HResult is NoSuchDevice or NotSupportedByMac;
        }
    }
}
