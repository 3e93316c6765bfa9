using Postern.Packets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Ratchets of both sides in every order, with packets in flight. (QSTP §11)</summary>
public sealed class RatchetScheduleTests
{
    private const int Depth = 8;

    private static readonly WireClock Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));

    // The first three concern the client only, the others the server only.
    private enum Event
    {
        ClientSends,
        ClientRatchets,
        ServersPacketArrives,
        ServerSends,
        ServerRatchets,
        ClientsPacketArrives,
    }

    [Fact]
    public void No_interleaving_of_eight_events_loses_a_message()
    {
        List<Event[]> schedules = [];
        Extend([], schedules);
        Assert.Equal(23_392, schedules.Count);
        int failures = 0;
        string? first = null;
        Parallel.ForEach(schedules, schedule =>
        {
            try
            {
                Run(schedule);
            }
            catch (Exception exception)
            {
                if (Interlocked.Increment(ref failures) == 1) first = $"{string.Join(", ", schedule)}: {exception.Message}";
            }
        });
        Assert.True(failures == 0, $"{failures} of {schedules.Count} schedules failed, for example {first}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_long_random_run_loses_doubles_and_reorders_nothing_and_uses_no_key_stream_twice(int seed)
    {
        Random random = new(seed);
        using RatchetModel model = new(Clock, seed, watchKeys: true);
        int step = 0;
        try
        {
            for (; step < 100_000; step++)
            {
                // Bursts: sometimes one way stalls and packets pile up.
                bool client = random.Next(2) == 0;
                int stalled = step / 200 % 4;
                bool mayDeliver = stalled != (client ? 1 : 2);
                int what = random.Next(100);
                if (what < 40) model.Send(client, random.Next(1, what == 0 ? 3000 : 80));
                else if (what < 46 && model.CanRatchet(client)) model.Ratchet(client);
                else if (mayDeliver && model.InFlight(client) > 0) model.Deliver(client);
            }

            model.Settle();
        }
        catch (Exception exception)
        {
            Assert.Fail($"Seed {seed}, step {step}: {exception}");
        }

        Assert.True(model.Ratchets > 1000, $"Only {model.Ratchets} ratchets.");
        Assert.True(model.KeyCount > 1000, $"Only {model.KeyCount} keys.");
    }

    private static void Run(Event[] schedule)
    {
        using RatchetModel model = new(Clock, seed: 1, watchKeys: true);
        foreach (Event next in schedule)
        {
            switch (next)
            {
                case Event.ClientSends:
                    model.Send(client: true);
                    break;
                case Event.ServerSends:
                    model.Send(client: false);
                    break;
                case Event.ClientRatchets:
                    model.Ratchet(client: true);
                    break;
                case Event.ServerRatchets:
                    model.Ratchet(client: false);
                    break;
                case Event.ClientsPacketArrives:
                    model.Deliver(fromClient: true);
                    break;
                case Event.ServersPacketArrives:
                    model.Deliver(fromClient: false);
                    break;
            }
        }

        model.Settle();
    }

    private static void Extend(List<Event> prefix, List<Event[]> schedules)
    {
        if (prefix.Count == Depth)
        {
            schedules.Add([.. prefix]);
            return;
        }

        foreach (Event next in Enum.GetValues<Event>())
        {
            if (!IsPossible(prefix, prefix.Count, next) || IsSameAsAnEarlierOne(prefix, next)) continue;
            prefix.Add(next);
            Extend(prefix, schedules);
            prefix.RemoveAt(prefix.Count - 1);
        }
    }

    // What the two sides do on their own commutes: of two orders that differ only in that, the one with the client first is enough.
    private static bool IsSameAsAnEarlierOne(List<Event> prefix, Event next) =>
        prefix.Count > 0 && prefix[^1] >= Event.ServerSends && next < Event.ServerSends && IsPossible(prefix, prefix.Count - 1, next);

    private static bool IsPossible(List<Event> events, int count, Event next)
    {
        if (next is not (Event.ClientsPacketArrives or Event.ServersPacketArrives)) return true;
        (Event message, Event ratchet) = next == Event.ClientsPacketArrives
            ? (Event.ClientSends, Event.ClientRatchets)
            : (Event.ServerSends, Event.ServerRatchets);
        int inFlight = 0;
        for (int i = 0; i < count; i++)
        {
            if (events[i] == next) inFlight--;
            else if (events[i] == message || events[i] == ratchet) inFlight++;
        }

        return inFlight > 0;
    }
}
