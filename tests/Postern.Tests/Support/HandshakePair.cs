using Postern.Channels;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;

namespace Postern.Tests.Support;

/// <summary>A client and a server handshake that hand spans to each other: no sockets, a fake clock, seeded randomness.</summary>
internal sealed class HandshakePair : IDisposable
{
    private HandshakePair(Handshake client, Handshake server)
    {
        Client = client;
        Server = server;
    }

    public Handshake Client { get; }

    public Handshake Server { get; }

    public static HandshakePair Qstp(Suite suite, int seed, FakeClock clock)
    {
        TestAuthority authority = TestAuthority.For(suite);
        WireClock wireClock = new(clock, TimeSpan.Zero, WireClock.DefaultTolerance);
        return new HandshakePair(
            new QstpClientHandshake(authority.Verified(clock), wireClock, new SeededRandom(seed)),
            new QstpServerHandshake([authority.Identity(clock)], wireClock, new SeededRandom(seed + 1)));
    }

    /// <summary>The packet that this side sends next.</summary>
    public static byte[] Write(Handshake side)
    {
        byte[] packet = new byte[side.PacketSize];
        side.Write(packet);
        return packet;
    }

    /// <summary>Runs until <paramref name="count"/> packets were written and returns the last, which nobody has read yet.</summary>
    public byte[] RunUntilPacket(int count)
    {
        byte[] packet = [];
        for (int i = 1; i <= count; i++)
        {
            (Handshake sender, Handshake receiver) = i % 2 == 1 ? (Client, Server) : (Server, Client);
            packet = Write(sender);
            if (i < count) receiver.Read(packet);
        }

        return packet;
    }

    /// <summary>Runs to the end and returns both sides' keys.</summary>
    public (ChannelKeys Client, ChannelKeys Server) Complete()
    {
        Client.Read(RunUntilPacket(4));
        return (Client.TakeKeys(), Server.TakeKeys());
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
