using Postern.Channels;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

public sealed class QstpHandshakeTests
{
    /// <summary>One of each kind of KEM and of signature. Over TCP there are all: see <see cref="EverySetTests"/>.</summary>
    public static TheoryData<byte> SuiteIds => [1, 2, 3, 4, 5, 8, 10];

    [Theory]
    [MemberData(nameof(SuiteIds))]
    public void Both_sides_end_with_the_same_keys_and_can_talk(byte suiteId)
    {
        FakeClock clock = FakeClock.At("2026-06-01");
        using HandshakePair pair = HandshakePair.Qstp(QstpSuites.FromId(suiteId)!, seed: 7, clock);
        (ChannelKeys clientKeys, ChannelKeys serverKeys) = pair.Complete();
        Assert.Equal(clientKeys.Keys.Pairs.ToArray(), serverKeys.Keys.Pairs.ToArray());
        Assert.Equal(HandshakeStep.Complete, pair.Client.Next);

        WireClock wireClock = new(clock, TimeSpan.Zero, WireClock.DefaultTolerance);
        using SealedChannel client = new(clientKeys, wireClock);
        using SealedChannel server = new(serverKeys, wireClock);
        byte[] packet = new byte[5 + client.Overhead];
        client.SealMessage("hello"u8, packet);
        byte[] message = new byte[5];
        Assert.Equal(OpenedKind.Message, server.Open(packet, message).Kind);
        Assert.Equal("hello"u8.ToArray(), message);
    }
}
