using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Load;

/// <summary>Opens connections of one kind, all from one local address.</summary>
internal sealed class TunnelDialer(TunnelKind kind, IPEndPoint server, IPAddress source, LoadKeys keys) : IDisposable
{
    private readonly VerifiedServer _verified = keys.Root.Verify(keys.Certificate);
    private readonly X509Certificate2 _tls = keys.Tls;
    private readonly QsmpPrivateKey _sender = keys.Sender;
    private readonly QsmpPublicKey _listener = keys.Listener.GetPublicKey(QsmpMode.Duplex);

    /// <summary>Connects and runs the handshake.</summary>
    public async Task<Stream> ConnectAsync()
    {
        Stream stream = await ConnectSocketAsync();
        switch (kind)
        {
            case TunnelKind.Tcp:
                return stream;
            case TunnelKind.Tls:
                SslStream tls = new(stream);
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = SslProtocols.Tls13,
                    AllowTlsResume = false,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => _tls.Equals(certificate),
                });
                return tls;
            case TunnelKind.Qstp:
                return (await QstpClient.AuthenticateAsync(stream, _verified, new QstpClientOptions { HandshakeTimeout = Patience })).AsStream();
            case TunnelKind.Duplex:
                return (await QsmpDuplexPeer.AuthenticateAsSenderAsync(
                    stream, _sender, _listener, new QsmpDuplexConnectOptions { HandshakeTimeout = Patience })).AsStream();
            default:
                throw new InvalidOperationException($"{kind} is not a kind.");
        }
    }

    /// <summary>Begins a handshake and never reads the answer: it stays in the server's memory.</summary>
    public async Task<Stream> StallAsync()
    {
        StalledStream stream = new(await ConnectSocketAsync(smallWindow: true));
        _ = QstpClient.AuthenticateAsync(stream, _verified, new QstpClientOptions { HandshakeTimeout = Patience });
        await stream.Asked;
        return stream;
    }

    public void Dispose()
    {
        _tls.Dispose();
        _sender.Dispose();
    }

    private static TimeSpan Patience => TimeSpan.FromMinutes(5);

    private async Task<Stream> ConnectSocketAsync(bool smallWindow = false)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (smallWindow) socket.ReceiveBufferSize = 4096;
        socket.Bind(new IPEndPoint(source, 0));
        await socket.ConnectAsync(server);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
