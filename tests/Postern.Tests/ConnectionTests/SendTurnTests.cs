using Postern.Connections;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>One sender at a time, in their order, and nobody is forgotten.</summary>
public sealed class SendTurnTests
{
    private readonly SendTurn _turn = new();

    [Fact]
    public async Task Those_who_wait_get_the_turn_in_their_order()
    {
        await _turn.WaitAsync(CancellationToken.None);
        Task second = _turn.WaitAsync(CancellationToken.None);
        Task third = _turn.WaitAsync(CancellationToken.None);
        Assert.False(_turn.TryTake());
        Assert.False(second.IsCompleted || third.IsCompleted);
        _turn.Release();
        await second.WaitAsync(TestServer.HangGuard);
        Assert.False(third.IsCompleted);
        _turn.Release();
        await third.WaitAsync(TestServer.HangGuard);
        Assert.False(_turn.TryTake());
        _turn.Release();
        Assert.True(_turn.TryTake());
        Assert.False(_turn.TryTake());
        _turn.Release();
        Assert.Throws<SemaphoreFullException>(_turn.Release);
        Assert.Throws<InvalidOperationException>(new SendTurn().Release);
    }

    [Fact]
    public void A_free_turn_is_taken_and_given_back_without_a_semaphore()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            if (!_turn.WaitAsync(CancellationToken.None).IsCompletedSuccessfully || _turn.TryTake()) Assert.Fail("The turn was free, and then it was not.");
            _turn.Release();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_stops_waiting_takes_no_turn(bool isCancelledBefore)
    {
        if (!isCancelledBefore) await _turn.WaitAsync(CancellationToken.None);
        using CancellationTokenSource cancellation = new();
        if (isCancelledBefore) await cancellation.CancelAsync();
        Task waiting = _turn.WaitAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        if (!isCancelledBefore) _turn.Release();
        Assert.True(_turn.TryTake());
    }

    [Fact]
    public async Task Many_at_once_never_have_it_together_and_all_get_it()
    {
        // Fresh ones over and over: it is the first that has to wait that makes the semaphore, while the turn is given back.
        for (int round = 0; round < 2000; round++)
        {
            SendTurn turn = new();
            int inside = 0;
            int served = 0;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(TakeAsync))).WaitAsync(TestServer.HangGuard);
            Assert.Equal(12, served);

            async Task TakeAsync()
            {
                for (int i = 0; i < 3; i++)
                {
                    if (!turn.TryTake()) await turn.WaitAsync(CancellationToken.None);
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    served++;
                    Interlocked.Decrement(ref inside);
                    turn.Release();
                }
            }
        }
    }
}
