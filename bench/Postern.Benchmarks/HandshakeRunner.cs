using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Benchmarks;

/// <summary>A root, a server and a client, and handshakes between them that hand packets over in memory.</summary>
internal sealed class HandshakeRunner
{
    private readonly VerifiedServer _verified;
    private readonly ServerIdentity[] _identities;

    private HandshakeRunner(VerifiedServer verified, ServerIdentity identity)
    {
        _verified = verified;
        _identities = [identity];
    }

    public static HandshakeRunner For(Suite suite)
    {
        using RootKey rootKey = RootKey.Generate(suite, "benchmark root", TimeSpan.FromDays(2));
        ServerKey serverKey = ServerKey.Generate(suite, "benchmark server", TimeSpan.FromDays(1));
        RootCertificate root = rootKey.CreateCertificate();
        ServerCertificate certificate = rootKey.SignCertificate(serverKey.CreateRequest());
        return new HandshakeRunner(root.Verify(certificate), ServerIdentity.Create(root, certificate, serverKey));
    }

    public (ChannelKeys Client, ChannelKeys Server) Run()
    {
        using QstpClientHandshake client = new(_verified, WireClock.System, RandomSource.System);
        using QstpServerHandshake server = new(_identities, WireClock.System, RandomSource.System);
        Pass(client, server);
        Pass(server, client);
        Pass(client, server);
        Pass(server, client);
        return (client.TakeKeys(), server.TakeKeys());
    }

    private static void Pass(QstpHandshake from, QstpHandshake to)
    {
        byte[] packet = new byte[from.PacketSize];
        from.Write(packet);
        to.Read(packet);
    }
}
