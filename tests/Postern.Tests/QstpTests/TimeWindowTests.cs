using Postern.Channels;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSTP §4.</summary>
public sealed class TimeWindowTests
{
    private static readonly HandshakeStage Stage = new(QstpSuites.DilithiumS1KyberS1);

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(-60, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    [InlineData(62, false)]
    [InlineData(-62, false)]
    [InlineData(86400, false)]
    public void Sixty_seconds_either_way_are_accepted_and_no_more(int seconds, bool accepted)
    {
        WireClock clock = TestChannels.ClockOf(Stage.Clock);
        Assert.Equal(accepted, clock.IsTimely((ulong)((long)clock.Now + seconds)));
        CheckSealed(seconds, accepted);
        CheckHandshake(seconds, accepted);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(59UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 59)]
    public void Times_at_the_ends_of_the_range_are_refused_even_by_a_clock_that_is_there(ulong time)
    {
        WireClock clock = new(new FakeClock(DateTimeOffset.UnixEpoch), TimeSpan.Zero, WireClock.DefaultTolerance);
        Assert.False(clock.IsTimely(time));
    }

    [Fact]
    public void Time_sixty_is_the_first_that_can_be_timely()
    {
        WireClock clock = new(new FakeClock(DateTimeOffset.UnixEpoch), TimeSpan.Zero, WireClock.DefaultTolerance);
        Assert.True(clock.IsTimely(60));
        Assert.False(clock.IsTimely(61));
    }

    [Theory]
    [InlineData(18000)]
    [InlineData(-3600)]
    public void An_offset_shifts_what_is_sent_and_what_is_accepted(int offset)
    {
        WireClock plain = TestChannels.ClockOf(Stage.Clock);
        WireClock shifted = new(Stage.Clock, TimeSpan.FromSeconds(offset), WireClock.DefaultTolerance);
        Assert.Equal((long)plain.Now + offset, (long)shifted.Now);
        Assert.False(shifted.IsTimely(plain.Now));
        Assert.False(plain.IsTimely(shifted.Now));
        Assert.True(shifted.IsTimely((ulong)((long)plain.Now + offset + 60)));
        Assert.False(shifted.IsTimely((ulong)((long)plain.Now + offset + 61)));
    }

    [Fact]
    public async Task The_options_offset_lets_two_hosts_of_one_zone_connect_and_keeps_others_out()
    {
        FakeClock clock = FakeClock.At("2026-06-01");
        TestAuthority authority = TestAuthority.For(Stage.Suite);
        QstpServerOptions server = new()
        {
            Identities = [authority.Identity(clock)],
            TimeProvider = clock,
            ClockOffset = TimeSpan.FromHours(5),
        };
        foreach ((TimeSpan offset, bool accepted) in new[] { (TimeSpan.FromHours(5), true), (TimeSpan.Zero, false), (TimeSpan.FromHours(-5), false) })
        {
            DuplexPipe pipe = new();
            QstpClientOptions client = new() { TimeProvider = clock, ClockOffset = offset };
            Task<SecureChannel> serving = QstpServer.AuthenticateAsync(pipe.Server, server);
            Task<SecureChannel> connecting = QstpClient.AuthenticateAsync(pipe.Client, authority.Verified(clock), client);
            if (accepted)
            {
                await using SecureChannel serverChannel = await serving;
                await using SecureChannel clientChannel = await connecting;
                continue;
            }

            await ChannelAssert.ThrowsAsync(ChannelError.ClockSkew, () => serving);
            await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => connecting);
        }
    }

    [Fact]
    public void The_error_names_the_skew()
    {
        WireClock clock = TestChannels.ClockOf(Stage.Clock);
        Assert.Contains("+18000 s", clock.Describe(clock.Now + 18000), StringComparison.Ordinal);
        Assert.Contains("-61 s", clock.Describe(clock.Now - 61), StringComparison.Ordinal);
        Assert.Contains("does not speak", clock.Describe(BitConverter.ToUInt64("HTTP/1.1"u8)), StringComparison.Ordinal);
    }

    private static void CheckSealed(int seconds, bool accepted)
    {
        FakeClock senderClock = FakeClock.At("2026-06-01");
        FakeClock receiverClock = FakeClock.At("2026-06-01");
        receiverClock.AdvanceSeconds(-seconds);
        foreach (bool goodbye in new[] { false, true })
        {
            using SealedChannel sender = TestChannels.Sealed(isInitiator: true, TestChannels.ClockOf(senderClock));
            using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, TestChannels.ClockOf(receiverClock));
            byte[] packet = goodbye ? sender.SealGoodbye() : sender.Seal([1]);
            if (accepted) receiver.Receive(packet);
            else ChannelAssert.Throws(ChannelError.ClockSkew, () => receiver.Receive(packet));
        }
    }

    private static void CheckHandshake(int seconds, bool accepted)
    {
        for (int number = 1; number <= 4; number++)
        {
            HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
            using Handshake receiver = stage.ReceiverOf(number);
            stage.Clock.AdvanceSeconds(-seconds);
            byte[] packet = stage.Packets[number - 1];
            if (accepted) receiver.Read(packet);
            else ChannelAssert.Throws(ChannelError.ClockSkew, () => receiver.Read(packet));
        }
    }
}
