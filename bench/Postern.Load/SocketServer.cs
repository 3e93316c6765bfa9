using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Load;

/// <summary>An echo over TLS or bare TCP, to compare with. It waits with reads of zero bytes too, and rents nothing while it does.</summary>
internal sealed class SocketServer : ILoadServer
{
    private const int BufferSize = 4096;

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly SslStreamCertificateContext? _certificate;
    private int _connections;
    private int _pending;

    private SocketServer(IPEndPoint endPoint, X509Certificate2? certificate)
    {
        _certificate = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        _listener.Bind(endPoint);
        _listener.Listen(4096);
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public int Connections => Volatile.Read(ref _connections);

    public int Pending => Volatile.Read(ref _pending);

    public static SocketServer Start(IPEndPoint endPoint, X509Certificate2? certificate)
    {
        SocketServer server = new(endPoint, certificate);
        _ = server.AcceptAsync();
        return server;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        try
        {
            await using Stream stream = await OpenAsync(socket);
            Interlocked.Increment(ref _connections);
            try
            {
                await EchoAsync(stream);
            }
            finally
            {
                Interlocked.Decrement(ref _connections);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            // The client has gone.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        NetworkStream stream = new(socket, ownsSocket: true);
        if (_certificate is null) return stream;
        Interlocked.Increment(ref _pending);
        try
        {
            SslStream tls = new(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _certificate,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
            });
            return tls;
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private static async Task EchoAsync(Stream stream)
    {
        while (true)
        {
#pragma warning disable CA2022 // A read of no bytes waits until there are some.
            _ = await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                int count = await stream.ReadAsync(buffer);
                if (count == 0) return;
                await stream.WriteAsync(buffer.AsMemory(0, count));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
