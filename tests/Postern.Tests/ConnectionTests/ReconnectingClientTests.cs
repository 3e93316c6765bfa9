using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Dialling again: the waits, what ends it, and what the application is told.</summary>
public sealed class ReconnectingClientTests
{
    private static readonly ReconnectPolicy Quick = new()
    {
        InitialDelay = TimeSpan.FromMilliseconds(10),
        MaxDelay = TimeSpan.FromMilliseconds(40),
        LeastPart = 1,
    };

    private readonly List<TimeSpan> _waits = [];
    private int _attempts;

    [Fact]
    public async Task Waits_grow_to_their_limit_and_attempts_run_out()
    {
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(
            () => ReconnectingClient.RunAsync(FailAsync, NeverAsync, Quick with { MaxAttempts = 5 }, Note, CancellationToken.None));
        Assert.Equal(ChannelError.ConnectionFailed, exception.Error);
        Assert.Equal(5, _attempts);
        Assert.Equal([10, 20, 40, 40], _waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task Attempts_that_take_long_count_as_much_as_quick_ones()
    {
        ReconnectPolicy policy = Quick with { MaxAttempts = 3, StableAfter = TimeSpan.FromMilliseconds(10) };
        await Assert.ThrowsAsync<ChannelException>(() => ReconnectingClient.RunAsync(
            async token =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(30), token);
                return await FailAsync(token);
            },
            NeverAsync,
            policy,
            Note,
            CancellationToken.None));
        Assert.Equal(3, _attempts);
    }

    [Fact]
    public void Jitter_draws_each_wait_between_its_least_part_and_all_of_it()
    {
        ReconnectPolicy policy = new() { InitialDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(30), LeastPart = 0.5 };
        Assert.Equal(TimeSpan.FromSeconds(0.5), policy.DelayAfter(1, random: 0));
        Assert.Equal(TimeSpan.FromSeconds(1), policy.DelayAfter(1, random: 1));
        Assert.Equal(TimeSpan.FromSeconds(30), policy.DelayAfter(1_000_000, random: 1));
    }

    [Fact]
    public async Task What_this_side_knows_to_be_hopeless_is_not_tried_again()
    {
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(() => ReconnectingClient.RunAsync(
            _ => throw new ChannelException(ChannelError.KeyExpired, "It has expired."), NeverAsync, Quick, Note, CancellationToken.None));
        Assert.Equal(ChannelError.KeyExpired, exception.Error);
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task The_next_connection_lists_what_was_not_acknowledged_and_sends_none_of_it()
    {
        List<SecureChannel> servers = [];
        List<IReadOnlyList<UnacknowledgedMessage>> seen = [];
        await ReconnectingClient.RunAsync(
            _ =>
            {
                (SecureChannel client, SecureChannel server) = TestChannels.Secure(new DuplexPipe());
                servers.Add(server);
                return Task.FromResult(client);
            },
            async (session, token) =>
            {
                seen.Add(session.Unacknowledged);
                if (session.Connection == 2) return;
                session.Acknowledge(await session.SendAsync("one"u8.ToArray(), token));
                Assert.Equal(2, await session.SendAsync("two"u8.ToArray(), token));
                Assert.Equal(3, await session.SendAsync("three"u8.ToArray(), token));
                await servers[0].AbortAsync();
                await session.Channel.ReceiveAsync(new byte[1], token);
            },
            Quick,
            Note);
        Assert.Empty(seen[0]);
        Assert.Equal([new UnacknowledgedMessage(2, 3, 1), new UnacknowledgedMessage(3, 5, 1)], seen[1]);
        Assert.Equal(0, await servers[1].ReceiveAsync(new byte[10]));
    }

    [Fact]
    public void The_oldest_of_too_many_are_only_counted()
    {
        DeliveryLog log = new(2);
        for (int i = 0; i < 5; i++) log.Add(1, connection: 1);
        Assert.Equal([4, 5], log.BeforeConnection(2).Select(message => message.Number));
        Assert.Equal(3, log.DroppedCount);
        log.Acknowledge(5);
        Assert.Empty(log.BeforeConnection(2));
        Assert.Equal(0, log.DroppedCount);
    }

    private static Task NeverAsync(ReconnectingSession session, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("There is no connection.");

    private Task<SecureChannel> FailAsync(CancellationToken cancellationToken)
    {
        _attempts++;
        throw new ChannelException(ChannelError.ConnectionFailed, "Nobody answers.");
    }

    private void Note(ChannelException failure, TimeSpan wait) => _waits.Add(wait);
}
