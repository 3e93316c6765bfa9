using System.Net;
using Postern.Connections;

namespace Postern.Tests;

/// <summary>Turns and memory, when more is wanted than there is. (QSMP §6 row 9)</summary>
public sealed class FairSharesTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private static readonly IPAddress Flood = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Honest = IPAddress.Parse("192.0.2.2");

    [Fact]
    public async Task One_network_alone_gets_all_there_is()
    {
        FairShares shares = new(4, 4);
        for (int i = 0; i < 4; i++) await Take(shares, Flood).WaitAsync(HangGuard);
        Assert.Equal(4, shares.InUse);
        Assert.False(Take(shares, Flood).IsCompleted);
    }

    [Fact]
    public async Task A_flood_from_one_network_costs_another_one_turn()
    {
        FairShares shares = new(1, 1);
        FairShares.Share first = await Take(shares, Flood);
        Task<FairShares.Share>[] flood = [.. Enumerable.Range(0, 500).Select(_ => Take(shares, Flood))];
        Task<FairShares.Share> honest = Take(shares, Honest);
        first.Dispose();
        FairShares.Share next = await honest.WaitAsync(HangGuard);
        Assert.DoesNotContain(flood, task => task.IsCompleted);

        // By turns, however many wait.
        honest = Take(shares, Honest);
        next.Dispose();
        next = await flood[0].WaitAsync(HangGuard);
        next.Dispose();
        (await honest.WaitAsync(HangGuard)).Dispose();
        await flood[1].WaitAsync(HangGuard);
        Assert.Equal(2, flood.Count(task => task.IsCompleted));
    }

    [Fact]
    public async Task Within_a_network_it_goes_in_order_and_what_is_too_large_gets_all()
    {
        FairShares shares = new(100, 100);
        FairShares.Share first = await Take(shares, Honest, 60);
        Task<FairShares.Share> large = Take(shares, Honest, 1000);
        Task<FairShares.Share> small = Take(shares, Honest, 10);
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);
        first.Dispose();
        FairShares.Share all = await large.WaitAsync(HangGuard);
        Assert.Equal(100, shares.InUse);
        Assert.False(small.IsCompleted);
        all.Dispose();
        (await small.WaitAsync(HangGuard)).Dispose();
        Assert.Equal(0, shares.InUse);
    }

    [Fact]
    public async Task A_wait_that_is_called_off_loses_nothing_and_lets_the_next_in()
    {
        FairShares shares = new(100, 100);
        FairShares.Share first = await Take(shares, Flood, 60);
        using CancellationTokenSource stop = new();
        Task<FairShares.Share> large = shares.TakeAsync(Flood, 90, stop.Token).AsTask();
        Task<FairShares.Share> small = Take(shares, Flood, 40);
        Task<FairShares.Share> other = shares.TakeAsync(Honest, 90, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        (await small.WaitAsync(HangGuard)).Dispose();
        first.Dispose();
        Assert.Equal(0, shares.InUse);
        (await Take(shares, Honest, 100).WaitAsync(HangGuard)).Dispose();
        Assert.Equal(0, shares.NetworkCount);
    }

    [Fact]
    public async Task One_network_that_gives_nothing_back_leaves_what_it_may_not_have()
    {
        FairShares shares = new(100, perNetwork: 50);
        Task<FairShares.Share>[] flood = [.. Enumerable.Range(0, 500).Select(_ => Take(shares, Flood, 20))];
        Assert.Equal(2, flood.Count(task => task.IsCompleted));
        FairShares.Share honest = await Take(shares, Honest, 1000).WaitAsync(HangGuard);
        Assert.Equal(90, shares.InUse);
        Task<FairShares.Share> second = Take(shares, Honest, 10);
        Assert.False(second.IsCompleted);
        honest.Dispose();
        await second.WaitAsync(HangGuard);
        (await flood[0]).Dispose();
        await flood[2].WaitAsync(HangGuard);
        Assert.Equal(3, flood.Count(task => task.IsCompleted));
    }

    private static Task<FairShares.Share> Take(FairShares shares, IPAddress network, long size = 1) =>
        shares.TakeAsync(network, size, CancellationToken.None).AsTask();
}
