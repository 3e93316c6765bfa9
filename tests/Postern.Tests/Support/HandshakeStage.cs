using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qsmp.Duplex;
using Postern.Qsmp.Simplex;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Tests.Support;

/// <summary>
/// A genuine handshake of fixed randomness, and as many receivers as wanted that wait for one of its four or six packets.
/// </summary>
internal sealed class HandshakeStage
{
    private readonly Func<HandshakeStage, Handshake> _newClient;
    private readonly Func<HandshakeStage, Handshake> _newServer;

    /// <summary>QSTP's.</summary>
    public HandshakeStage(Suite suite, int seed = 7)
        : this(suite, packetCount: 4, QstpClient(suite, seed), QstpServer(suite, seed + 1))
    {
    }

    private HandshakeStage(
        Suite suite, int packetCount, Func<HandshakeStage, Handshake> newClient, Func<HandshakeStage, Handshake> newServer)
    {
        Suite = suite;
        PacketCount = packetCount;
        _newClient = newClient;
        _newServer = newServer;
        Clock = FakeClock.At("2026-06-01");
        WireClock = new WireClock(Clock, TimeSpan.Zero, WireClock.DefaultTolerance);
        using Handshake client = NewClient();
        using Handshake server = NewServer();
        for (int number = 1; number <= packetCount; number++)
        {
            (Handshake sender, Handshake receiver) = number % 2 == 1 ? (client, server) : (server, client);
            byte[] packet = HandshakePair.Write(sender);
            receiver.Read(packet);
            Packets.Add(packet);
        }

        using Channels.ChannelKeys keys = client.TakeKeys();
        KeyPairs = keys.Keys.Pairs.ToArray();
    }

    /// <summary>QSMP's, of either mode; a DUPLEX listener trusts the sender's key alone unless told otherwise.</summary>
    public static HandshakeStage Qsmp(QsmpMode mode, Suite suite, int seed = 7, byte? onlyCode = null)
    {
        TestKeys keys = TestKeys.For(suite);
        return mode == QsmpMode.Simplex
            ? new HandshakeStage(
                suite,
                packetCount: 4,
                stage => new SimplexClientHandshake(keys.ResponderPublic(mode), stage.WireClock, new SeededRandom(seed)),
                stage => new SimplexServerHandshake([keys.Responder], stage.WireClock, new SeededRandom(seed + 1)) { Settings = new HandshakeSettings { OnlyCode = onlyCode } })
            : new HandshakeStage(
                suite,
                packetCount: 6,
                stage => new DuplexSenderHandshake(keys.Initiator, keys.ResponderPublic(mode), stage.WireClock, new SeededRandom(seed)),
                stage => new DuplexListenerHandshake(keys.Trust(), stage.WireClock, new SeededRandom(seed + 1)) { Settings = new HandshakeSettings { OnlyCode = onlyCode } });
    }

    public Suite Suite { get; }

    public int PacketCount { get; }

    public FakeClock Clock { get; }

    public WireClock WireClock { get; }

    /// <summary>The packets; packet n is at n - 1.</summary>
    public List<byte[]> Packets { get; } = [];

    /// <summary>The keys that the undisturbed handshake gives.</summary>
    public byte[] KeyPairs { get; }

    public Handshake NewClient() => _newClient(this);

    public Handshake NewServer() => _newServer(this);

    // Verified once, when the stage is made: its clock may go on past that.
    private static Func<HandshakeStage, Handshake> QstpClient(Suite suite, int seed)
    {
        VerifiedServer server = TestAuthority.For(suite).Verified(FakeClock.At("2026-06-01"));
        return stage => new QstpClientHandshake(server, stage.WireClock, new SeededRandom(seed));
    }

    private static Func<HandshakeStage, Handshake> QstpServer(Suite suite, int seed)
    {
        ServerIdentity identity = TestAuthority.For(suite).Identity(FakeClock.At("2026-06-01"));
        return stage => new QstpServerHandshake([identity], stage.WireClock, new SeededRandom(seed));
    }

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
        for (int i = number + 1; i <= PacketCount; i++)
        {
            if (i % 2 == number % 2) receiver.Read(Packets[i - 1]);
            else HandshakePair.Write(receiver);
        }

        Assert.Equal(HandshakeStep.Complete, receiver.Next);
        using Channels.ChannelKeys keys = receiver.TakeKeys();
        return keys.Keys.Pairs.ToArray();
    }
}
