using System.Buffers;
using System.Net;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Load;

/// <summary>Postern's own servers.</summary>
internal sealed class TunnelServer(ChannelServer server) : ILoadServer
{
    private const int NoLimit = 10_000_000;

    private static readonly ConnectionLimits Limits = new()
    {
        MaxConnections = NoLimit,
        MaxConnectionsPerAddress = NoLimit,
        MaxConnectsPerSecondPerAddress = NoLimit,
        HandshakeTimeout = TimeSpan.FromMinutes(5),
    };

    public EndPoint EndPoint => server.LocalEndPoint;

    public int Connections => server.ConnectionCount;

    public int Pending => server.PendingHandshakeCount;

    public static TunnelServer Qstp(IPEndPoint endPoint, LoadKeys keys)
    {
        ServerIdentity identity = ServerIdentity.Create(keys.Root, keys.Certificate, keys.ServerKey);
        return new TunnelServer(QstpServer.Start(endPoint, new QstpServerOptions { Identities = [identity], Limits = Limits }, EchoAsync));
    }

    public static TunnelServer Duplex(IPEndPoint endPoint, LoadKeys keys)
    {
        using QsmpPrivateKey sender = keys.Sender;
        QsmpDuplexListenOptions options = new()
        {
            Keys = [keys.Listener],
            TrustedKeys = TrustedKeys.Of(sender.GetPublicKey(QsmpMode.Duplex)),
            Limits = Limits,
            MaxRequestRepetitions = NoLimit,
        };
        return new TunnelServer(QsmpDuplexPeer.Listen(endPoint, options, EchoAsync));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    // Nothing is rented while the channel is quiet.
    private static async Task EchoAsync(SecureChannel channel, CancellationToken stop)
    {
        while (await channel.WaitForMessageAsync(stop) is > 0 and int size)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                int count = await channel.ReceiveAsync(buffer, stop);
                await channel.SendAsync(buffer.AsMemory(0, count), stop);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
