using System.Globalization;
using Postern.Channels;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>
/// Both kinds of ratchets, from both sides, in every order, with packets in flight. (QSMP §1.13, §3.5) With <c>POSTERN_LONG_TESTS</c> set
/// to a number the random runs take so many steps.
/// </summary>
public sealed class DuplexRatchetScheduleTests
{
    private const int Depth = 6;

    private static readonly WireClock Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));
    private static readonly Suite Suite = QsmpSuites.DilithiumS1KyberS1;

    // The first five concern the sender only, the others the listener only.
    private enum Event
    {
        SenderSends,
        SenderRatchets,
        SenderExchangesKeys,
        SenderAnswers,
        ListenersPacketArrives,
        ListenerSends,
        ListenerRatchets,
        ListenerExchangesKeys,
        ListenerAnswers,
        SendersPacketArrives,
    }

    [Fact]
    public void No_interleaving_of_six_events_loses_a_message()
    {
        List<Event[]> schedules = [];
        Event[] events = Enum.GetValues<Event>();
        Extend([], events, schedules);
        int possible = 0;
        int failures = 0;
        string? first = null;
        Parallel.ForEach(schedules, schedule =>
        {
            try
            {
                if (TryRun(schedule)) Interlocked.Increment(ref possible);
            }
            catch (Exception exception)
            {
                if (Interlocked.Increment(ref failures) == 1) first = $"{string.Join(", ", schedule)}: {exception.Message}";
            }
        });
        Assert.True(failures == 0, $"{failures} of {schedules.Count} schedules failed, for example {first}");
        Assert.Equal(5237, possible);
    }

    [Theory]
    [InlineData("DUPLEX", 1)]
    [InlineData("DUPLEX", 2)]
    [InlineData("DUPLEX with quick algorithms", 3)]
    [InlineData("DUPLEX with quick algorithms", 4)]
    [InlineData("SIMPLEX", 5)]
    public void A_long_random_run_loses_doubles_and_reorders_nothing_and_uses_no_key_stream_twice(string protocol, int seed)
    {
        (Func<bool, ChannelKeys> keys, int steps, int exchangeShare) = protocol switch
        {
            "DUPLEX" => ((Func<bool, ChannelKeys>)(isInitiator => TestChannels.DuplexKeys(isInitiator)), 100_000, 5),
            "SIMPLEX" => (isInitiator => TestChannels.Keys(isInitiator, QsmpProtocol.Simplex, Suite), 200_000, 0),
            _ => (QuickAlgorithms.DuplexKeys, 300_000, 60),
        };
        RandomRun(keys, seed, LongSteps ?? steps, exchangeShare);
    }

    private static int? LongSteps =>
        int.TryParse(Environment.GetEnvironmentVariable("POSTERN_LONG_TESTS"), CultureInfo.InvariantCulture, out int steps) ? steps : null;

    // exchangeShare: asymmetric ratchets in a thousand events.
    private static void RandomRun(Func<bool, ChannelKeys> keys, int seed, int steps, int exchangeShare)
    {
        Random random = new(seed);
        int exchanges = 0;
        int lost = 0;
        long ratchets = 0;
        int keyCount = 0;
        int step = 0;
        try
        {
            while (step < steps)
            {
                // A connection's life; then the next, with another seed.
                using RatchetModel model = new(Clock, seed + step, watchKeys: true, keys);
                for (int end = Math.Min(steps, step + random.Next(1000, 20_000)); step < end; step++) Step(model, random, step, exchangeShare);

                // Some end cleanly, some are cut off in the middle.
                if (random.Next(4) > 0) model.Settle();
                (exchanges, lost) = (exchanges + model.KeyExchanges.Asked, lost + model.KeyExchanges.Lost);
                (ratchets, keyCount) = (ratchets + model.Ratchets, keyCount + model.KeyCount);
            }
        }
        catch (Exception exception)
        {
            Assert.Fail($"Seed {seed}, step {step}: {exception}");
        }

        Assert.True(ratchets > steps / 100, $"Only {ratchets} ratchets.");
        Assert.True(keyCount > steps / 100, $"Only {keyCount} keys.");
        Assert.True(exchanges >= steps * exchangeShare / 3000, $"Only {exchanges} asymmetric ratchets.");
        Assert.True(exchangeShare == 0 || lost > exchanges / 100, $"Only {lost} of {exchanges} asymmetric ratchets crossed.");
    }

    private static void Step(RatchetModel model, Random random, int step, int exchangeShare)
    {
        // Bursts: sometimes one way stalls and packets pile up.
        bool client = random.Next(2) == 0;
        int stalled = step / 200 % 4;
        bool mayDeliver = stalled != (client ? 1 : 2);
        int what = random.Next(1000);
        if (what < exchangeShare)
        {
            // Both at once, now and then: they cross.
            if (model.MaySend(client)) model.ExchangeKeys(client);
            if (random.Next(3) == 0 && model.MaySend(!client) && !model.OwesAnswer(!client)) model.ExchangeKeys(!client);
        }
        else if (what < 400)
        {
            if (model.MaySend(client)) model.Send(client, random.Next(1, what % 100 == 0 ? 3000 : 80));
        }
        else if (what < 460)
        {
            if (model.CanRatchet(client)) model.Ratchet(client);
        }
        else if (what < 520)
        {
            model.Answer(client);
        }
        else if (mayDeliver && model.InFlight(client) > 0)
        {
            model.Deliver(client);
        }
    }

    // False if the schedule asks for what cannot be: sending while everything is held back, answering nothing.
    private static bool TryRun(Event[] schedule)
    {
        using RatchetModel model = new(Clock, seed: 1, watchKeys: true, QuickAlgorithms.DuplexKeys);
        foreach (Event next in schedule)
        {
            bool client = next < Event.ListenerSends;
            switch (next)
            {
                case Event.ListenersPacketArrives or Event.SendersPacketArrives:
                    if (model.InFlight(!client) == 0) return false;
                    model.Deliver(!client);
                    break;
                case Event.SenderAnswers or Event.ListenerAnswers:
                    if (!model.OwesAnswer(client)) return false;
                    model.Answer(client);
                    break;
                default:
                    if (!model.MaySend(client)) return false;
                    Act(model, next, client);
                    break;
            }
        }

        model.Settle();
        return true;
    }

    private static void Act(RatchetModel model, Event next, bool client)
    {
        if (next is Event.SenderSends or Event.ListenerSends) model.Send(client);
        else if (next is Event.SenderRatchets or Event.ListenerRatchets) model.Ratchet(client);
        else model.ExchangeKeys(client);
    }

    // Those that begin with a packet's arrival, or hold more arrivals and answers than can be, are left out here; the rest shows when they run.
    private static void Extend(List<Event> prefix, Event[] events, List<Event[]> schedules)
    {
        if (prefix.Count == Depth)
        {
            schedules.Add([.. prefix]);
            return;
        }

        foreach (Event next in events)
        {
            if (!IsPossible(prefix, prefix.Count, next) || IsSameAsAnEarlierOne(prefix, next)) continue;
            prefix.Add(next);
            Extend(prefix, events, schedules);
            prefix.RemoveAt(prefix.Count - 1);
        }
    }

    // What the two sides do on their own commutes: of two orders that differ only in that, the one with the sender first is enough.
    private static bool IsSameAsAnEarlierOne(List<Event> prefix, Event next) =>
        prefix.Count > 0 && prefix[^1] >= Event.ListenerSends && next < Event.ListenerSends && IsPossible(prefix, prefix.Count - 1, next);

    private static bool IsPossible(List<Event> events, int count, Event next)
    {
        int inFlight = 0;
        bool sendersPacket = next == Event.SendersPacketArrives;
        switch (next)
        {
            case Event.SenderAnswers:
                return Has(events, count, Event.ListenerExchangesKeys) && Has(events, count, Event.ListenersPacketArrives);
            case Event.ListenerAnswers:
                return Has(events, count, Event.SenderExchangesKeys) && Has(events, count, Event.SendersPacketArrives);
            case not (Event.SendersPacketArrives or Event.ListenersPacketArrives):
                return true;
        }

        // An answer may be sent by itself when requests cross: one packet more then.
        for (int i = 0; i < count; i++)
        {
            if (events[i] == next) inFlight--;
            else if (events[i] is not (Event.SendersPacketArrives or Event.ListenersPacketArrives) && events[i] < Event.ListenerSends == sendersPacket) inFlight++;
        }

        bool crossed = Has(events, count, Event.SenderExchangesKeys) && Has(events, count, Event.ListenerExchangesKeys);
        return inFlight > (crossed ? -1 : 0);
    }

    private static bool Has(List<Event> events, int count, Event wanted) => events.IndexOf(wanted, 0, count) >= 0;
}
