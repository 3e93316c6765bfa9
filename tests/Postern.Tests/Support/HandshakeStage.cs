using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Tests.Support;

/// <summary>
/// A genuine QSTP handshake of fixed randomness, and as many receivers as wanted that wait for one of its four packets.
/// </summary>
internal sealed class HandshakeStage
{
    private readonly VerifiedServer _server;
    private readonly ServerIdentity _identity;
    private readonly int _seed;

    public HandshakeStage(Suite suite, int seed = 7)
    {
        Suite = suite;
        _seed = seed;
        Clock = FakeClock.At("2026-06-01");
        WireClock = new WireClock(Clock, TimeSpan.Zero, WireClock.DefaultTolerance);
        TestAuthority authority = TestAuthority.For(suite);
        _server = authority.Verified(Clock);
        _identity = authority.Identity(Clock);
        using Handshake client = NewClient();
        using Handshake server = NewServer();
        for (int number = 1; number <= 4; number++)
        {
            (Handshake sender, Handshake receiver) = number % 2 == 1 ? (client, server) : (server, client);
            byte[] packet = HandshakePair.Write(sender);
            receiver.Read(packet);
            Packets.Add(packet);
        }

        using Channels.ChannelKeys keys = client.TakeKeys();
        KeyPairs = keys.Keys.Pairs.ToArray();
    }

    public Suite Suite { get; }

    public FakeClock Clock { get; }

    public WireClock WireClock { get; }

    /// <summary>The four packets; packet n is at n - 1.</summary>
    public List<byte[]> Packets { get; } = [];

    /// <summary>The keys that the undisturbed handshake gives.</summary>
    public byte[] KeyPairs { get; }

    public Handshake NewClient() => new QstpClientHandshake(_server, WireClock, new SeededRandom(_seed));

    public Handshake NewServer() => new QstpServerHandshake([_identity], WireClock, new SeededRandom(_seed + 1));

    /// <summary>The side that packet <paramref name="number"/> goes to, waiting for it.</summary>
    public Handshake ReceiverOf(int number)
    {
        Handshake receiver = number % 2 == 1 ? NewServer() : NewClient();
        for (int i = 1; i < number; i++)
        {
            if (i % 2 == number % 2) receiver.Read(Packets[i - 1]);
            else HandshakePair.Write(receiver);
        }

        return receiver;
    }

    /// <summary>After packet <paramref name="number"/> was accepted: runs the rest, and returns the receiver's key pairs.</summary>
    public byte[] Finish(Handshake receiver, int number)
    {
        for (int i = number + 1; i <= 4; i++)
        {
            if (i % 2 == number % 2) receiver.Read(Packets[i - 1]);
            else HandshakePair.Write(receiver);
        }

        Assert.Equal(HandshakeStep.Complete, receiver.Next);
        using Channels.ChannelKeys keys = receiver.TakeKeys();
        return keys.Keys.Pairs.ToArray();
    }
}
