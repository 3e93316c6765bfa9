using Postern.Connections;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>How often a peer's asymmetric ratchets are answered.</summary>
public sealed class AnswerPaceTests
{
    [Fact]
    public async Task A_burst_goes_at_once_and_then_as_many_as_the_rate()
    {
        ManualClock clock = new();
        AnswerPace pace = new(perSecond: 4, clock);
        int immediate = 0;
        Task waiting;
        while ((waiting = pace.WaitAsync()).IsCompleted) immediate++;
        Assert.InRange(immediate, 30, 33);
        for (int i = 0; i < 8; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.2));
            Assert.False(waiting.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(0.05));
            await waiting.WaitAsync(TimeSpan.FromSeconds(60));
            waiting = pace.WaitAsync();
        }
    }

    [Fact]
    public async Task Without_a_rate_nobody_waits()
    {
        AnswerPace pace = new(perSecond: null, new ManualClock());
        for (int i = 0; i < 10_000; i++) await pace.WaitAsync().WaitAsync(TimeSpan.Zero);
    }
}
