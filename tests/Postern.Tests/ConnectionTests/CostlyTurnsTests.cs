using System.Net;
using Postern.Connections;

namespace Postern.Tests;

/// <summary>Who computes next, when many want to. (QSMP §6 row 9)</summary>
public sealed class CostlyTurnsTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private static readonly IPAddress Flood = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Honest = IPAddress.Parse("192.0.2.2");

    [Fact]
    public async Task A_flood_from_one_network_costs_another_one_turn()
    {
        using CostlyTurns turns = new(1);
        CostlyTurns.Queue flood = turns.For(Flood);
        await flood.TakeAsync(CancellationToken.None);
        Task[] waiting = [.. Enumerable.Range(0, 500).Select(_ => flood.TakeAsync(CancellationToken.None).AsTask())];
        Task honest = turns.For(Honest).TakeAsync(CancellationToken.None).AsTask();
        flood.Return();
        await honest.WaitAsync(HangGuard);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        turns.For(Honest).Return();
        await waiting[0].WaitAsync(HangGuard);
        Assert.Equal(1, waiting.Count(task => task.IsCompleted));
    }

    [Fact]
    public async Task A_wait_that_is_called_off_loses_no_turn()
    {
        using CostlyTurns turns = new(1);
        CostlyTurns.Queue one = turns.For(Flood);
        CostlyTurns.Queue two = turns.For(Honest);
        await one.TakeAsync(CancellationToken.None);
        using CancellationTokenSource stop = new();
        Task behind = one.TakeAsync(stop.Token).AsTask();
        Task other = two.TakeAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => behind);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        one.Return();
        await two.TakeAsync(CancellationToken.None).AsTask().WaitAsync(HangGuard);
        two.Return();
        await one.TakeAsync(CancellationToken.None).AsTask().WaitAsync(HangGuard);
    }
}
