using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSTP §11, step by step.</summary>
public sealed class RatchetTests
{
    private const int TimeOffset = 13;

    private readonly FakeClock _clock = FakeClock.At("2026-06-01");
    private readonly SeededRandom _random = new(5);
    private readonly SealedChannel _client;
    private readonly SealedChannel _server;

    public RatchetTests()
    {
        _client = TestChannels.Sealed(isInitiator: true, TestChannels.ClockOf(_clock));
        _server = TestChannels.Sealed(isInitiator: false, TestChannels.ClockOf(_clock));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_ratchet_both_directions_use_new_keys_and_sequence_numbers_go_on(bool byClient)
    {
        (SealedChannel from, SealedChannel to) = byClient ? (_client, _server) : (_server, _client);
        List<RcsCipher> old = [.. TestChannels.Ciphers(_client), .. TestChannels.Ciphers(_server)];
        byte[] request = from.SealRatchet(_random);
        Assert.Equal(85, request.Length);
        Assert.Equal(new PacketHeader(0x12, 64, 3, (ulong)_clock.GetUtcNow().ToUnixTimeSeconds()), PacketHeader.Read(request));
        Assert.Equal(1, from.PendingRatchets);
        Assert.Equal(OpenedKind.Ratchet, to.Receive(request).Packet.Kind);

        byte[] forth = from.Seal("forth"u8);
        Assert.Equal(4UL, PacketHeader.Read(forth).Sequence);
        Assert.Equal("forth"u8.ToArray(), to.Receive(forth).Message);
        byte[] back = to.Seal("back"u8);
        Assert.Equal(3UL, PacketHeader.Read(back).Sequence);
        Assert.Equal("back"u8.ToArray(), from.Receive(back).Message);
        Assert.Equal(0, from.PendingRatchets);
        Assert.Equal((1, 1), (from.RatchetCount, to.RatchetCount));
        Assert.All(old, cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
    }

    [Fact]
    public void A_channel_that_rests_gives_back_the_round_keys_of_ratchets_that_wait_too()
    {
        WireClock clock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, clock);
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, clock);
        byte[] request = sender.SealRatchet(new SeededRandom(1));
        sender.Rest();
        Assert.Equal(3, TestChannels.Ciphers(sender).Count);
        Assert.All(TestChannels.Ciphers(sender), cipher => Assert.True(cipher.RoundKeys.IsEmpty));
        receiver.Receive(request);
        Assert.Equal("x"u8, sender.Receive(receiver.Seal("x"u8)).Message);
    }

    [Fact]
    public void Packets_of_the_other_direction_that_were_in_flight_are_still_taken()
    {
        byte[][] inFlight = [_client.Seal("one"u8), _client.Seal("two"u8)];
        byte[] request = _server.SealRatchet(_random);
        Assert.Equal("one"u8.ToArray(), _server.Receive(inFlight[0]).Message);
        _client.Receive(request);
        byte[] after = _client.Seal("three"u8);
        Assert.Equal("two"u8.ToArray(), _server.Receive(inFlight[1]).Message);
        Assert.Equal("three"u8.ToArray(), _server.Receive(after).Message);
    }

    [Fact]
    public void Once_the_peer_has_shown_the_new_keys_the_old_ones_are_refused()
    {
        (SealedChannel twin, SealedChannel server) = (TestChannels.Sealed(true, TestChannels.ClockOf(_clock)), _server);
        byte[] request = server.SealRatchet(_random);
        _client.Receive(request);
        server.Receive(_client.Seal("new"u8));
        twin.Seal("skipped"u8);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => server.Receive(twin.Seal("old"u8)));
        twin.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Eight_ratchets_may_be_unanswered_and_the_ninth_is_refused_without_harm(bool byClient)
    {
        (SealedChannel from, SealedChannel to) = byClient ? (_client, _server) : (_server, _client);
        for (int i = 1; i <= 8; i++)
        {
            to.Receive(from.SealRatchet(_random));
            Assert.Equal(i, from.PendingRatchets);
        }

        Assert.Throws<InvalidOperationException>(() => from.SealRatchet(_random));
        Assert.Equal("on"u8.ToArray(), to.Receive(from.Seal("on"u8)).Message);
        Assert.Equal("back"u8.ToArray(), from.Receive(to.Seal("back"u8)).Message);
        Assert.Equal(0, from.PendingRatchets);
        to.Receive(from.SealRatchet(_random));
        Assert.Equal("back"u8.ToArray(), from.Receive(to.Seal("back"u8)).Message);
        Assert.Equal(9, from.RatchetCount);
    }

    [Fact]
    public void Ratchets_that_cross_end_with_the_clients_keys_on_both_sides()
    {
        byte[] clients = _client.SealRatchet(_random);
        byte[] servers = _server.SealRatchet(_random);
        byte[] serversMessage = _server.Seal("under the server's ratchet"u8);
        byte[] clientsMessage = _client.Seal("under the client's ratchet"u8);
        _client.Receive(servers);
        _server.Receive(clients);
        Assert.Equal("under the server's ratchet"u8.ToArray(), _client.Receive(serversMessage).Message);
        Assert.Equal("under the client's ratchet"u8.ToArray(), _server.Receive(clientsMessage).Message);
        Assert.Equal("back"u8.ToArray(), _client.Receive(_server.Seal("back"u8)).Message);
        Assert.Equal("forth"u8.ToArray(), _server.Receive(_client.Seal("forth"u8)).Message);
        Assert.Equal((0, 0), (_client.PendingRatchets, _server.PendingRatchets));
    }

    [Fact]
    public void A_client_mirrors_the_roles_for_a_ratchet_without_a_time_as_a_reference_server_sends_it()
    {
        using ReferencePeer reference = new(_clock);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(OpenedKind.Ratchet, _client.Receive(reference.Ratchet(_random)).Packet.Kind);
            Assert.Equal("from the reference"u8.ToArray(), _client.Receive(reference.Seal("from the reference"u8)).Message);
            Assert.Equal("to the reference"u8.ToArray(), reference.Open(_client.Seal("to the reference"u8)));
        }
    }

    [Fact]
    public void A_server_refuses_a_ratchet_without_a_time_because_no_client_sends_one()
    {
        using ReferencePeer referenceClient = new(_clock, isClient: true);
        byte[] request = referenceClient.Ratchet(_random);
        ChannelAssert.Throws(ChannelError.ClockSkew, () => _server.Receive(request));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    [InlineData(-60, true)]
    [InlineData(-61, false)]
    public void A_ratchets_time_is_checked_when_it_has_one(int seconds, bool accepted)
    {
        byte[] request = _server.SealRatchet(_random);
        _clock.AdvanceSeconds(seconds);
        if (accepted) Assert.Equal(OpenedKind.Ratchet, _client.Receive(request).Packet.Kind);
        else ChannelAssert.Throws(ChannelError.ClockSkew, () => _client.Receive(request));
    }

    [Fact]
    public void A_time_cannot_be_taken_out_of_a_ratchet_on_its_way()
    {
        byte[] request = _server.SealRatchet(_random);
        request.AsSpan(TimeOffset, 8).Clear();
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => _client.Receive(request));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(33)]
    public void A_ratchet_carries_exactly_thirty_two_bytes(uint length)
    {
        ChannelAssert.Throws(ChannelError.InvalidLength, () => _client.CheckHeader(new PacketHeader(0x12, length, 3, 0)));
        ChannelAssert.Throws(ChannelError.ChannelClosed, () => _client.Seal([1]));
    }

    [Fact]
    public void Disposing_erases_pending_keys_too()
    {
        _client.SealRatchet(_random);
        _client.SealRatchet(_random);
        List<RcsCipher> ciphers = TestChannels.Ciphers(_client);
        Assert.Equal(4, ciphers.Count);
        Assert.All(ciphers, cipher => Assert.True(cipher.Secrets.ContainsAnyExcept((byte)0)));
        _client.Dispose();
        Assert.All(ciphers, cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
        ChannelAssert.Throws(ChannelError.ChannelClosed, () => _client.SealRatchet(_random));
    }
}
