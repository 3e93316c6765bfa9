using System.Net;
using System.Threading.Channels;
using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Multiplexing;

public sealed class StreamMultiplexerTests
{
    private const string Target = "default";

    [Fact]
    public async Task Many_streams_carry_their_own_bytes_both_ways_and_leave_nothing()
    {
        WindowBudget budget = new(1 << 20);
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.EchoAsync, far: new MultiplexerOptions { Budget = budget });
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            byte[] data = Wire.Random(300_000 + number, number);
            MultiplexedStream stream = await pair.Near.OpenAsync(Target);
            Task<byte[]> reading = MultiplexedPair.ReadToEndAsync(stream);
            await stream.WriteAsync(data);
            await stream.CompleteAsync();
            Assert.Equal(data, await reading.WaitAsync(Wire.Limit));
        }));
        await Until.TrueAsync(() => pair.Near.StreamCount == 0 && pair.Far.StreamCount == 0, "all streams end");
        Assert.Equal(1 << 20, budget.Left);
        Assert.False(pair.Near.IsOver);
    }

    [Fact]
    public async Task An_opening_says_where_to_and_for_whom()
    {
        TaskCompletionSource<(string, IPEndPoint?)> seen = new();
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync((incoming, _) =>
        {
            seen.SetResult((incoming.Target, incoming.Source));
            return MultiplexedPair.EchoAsync(incoming, default);
        });
        IPEndPoint source = IPEndPoint.Parse("[2001:db8::7]:4711");
        MultiplexedStream stream = await pair.Near.OpenAsync("tcp:db.example.org:5432", source);
        Assert.Equal(("tcp:db.example.org:5432", source), await seen.Task.WaitAsync(Wire.Limit));
        await stream.AbortAsync();
    }

    [Fact]
    public async Task A_reader_that_stands_still_stops_its_own_stream_and_no_other()
    {
        Channel<MultiplexedStream> taken = Channel.CreateUnbounded<MultiplexedStream>();
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.HandTo(taken));
        MultiplexedStream stuck = await pair.Near.OpenAsync(Target);
        MultiplexedStream farStuck = await NextAsync(taken);
        MultiplexedStream live = await pair.Near.OpenAsync(Target);
        MultiplexedStream farLive = await NextAsync(taken);
        Task writing = stuck.WriteAsync(new byte[1_000_000]).AsTask();
        byte[] data = Wire.Random(500_000);
        Task sending = live.WriteAsync(data).AsTask();
        byte[] received = new byte[data.Length];
        for (int total = 0; total < received.Length;) total += await farLive.ReadAsync(received.AsMemory(total)).AsTask().WaitAsync(Wire.Limit);
        Assert.Equal(data, received);
        await sending.WaitAsync(Wire.Limit);
        Assert.False(writing.IsCompleted);

        // Once it reads, everything comes.
        byte[] rest = new byte[1_000_000];
        for (int total = 0; total < rest.Length;) total += await farStuck.ReadAsync(rest.AsMemory(total)).AsTask().WaitAsync(Wire.Limit);
        await writing.WaitAsync(Wire.Limit);
    }

    [Fact]
    public async Task A_few_bytes_get_through_while_others_send_much()
    {
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.EchoAsync);
        using CancellationTokenSource enough = new();
        Task[] busy = [.. Enumerable.Range(0, 4).Select(async _ =>
        {
            MultiplexedStream stream = await pair.Near.OpenAsync(Target);
            Task<byte[]> reading = MultiplexedPair.ReadToEndAsync(stream);
            while (!enough.IsCancellationRequested) await stream.WriteAsync(new byte[100_000]);
            await stream.CompleteAsync();
            Assert.NotEmpty(await reading);
        })];
        MultiplexedStream quiet = await pair.Near.OpenAsync(Target);
        byte[] answer = new byte[1];
        for (byte value = 0; value < 50; value++)
        {
            await quiet.WriteAsync(new[] { value });
            Assert.Equal(1, await quiet.ReadAsync(answer).AsTask().WaitAsync(Wire.Limit));
            Assert.Equal(value, answer[0]);
        }

        await enough.CancelAsync();
        await Task.WhenAll(busy).WaitAsync(Wire.Limit);
    }

    [Fact]
    public async Task A_half_closed_stream_still_gets_its_answer()
    {
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(async (incoming, _) =>
        {
            MultiplexedStream stream = await incoming.AcceptAsync();
            byte[] all = await MultiplexedPair.ReadToEndAsync(stream);
            await stream.WriteAsync(all);
            await stream.CompleteAsync();
        });
        MultiplexedStream stream = await pair.Near.OpenAsync(Target);
        await stream.WriteAsync("question"u8.ToArray());
        await stream.CompleteAsync();
        Assert.Equal("question"u8.ToArray(), await MultiplexedPair.ReadToEndAsync(stream).WaitAsync(Wire.Limit));
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.WriteAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task A_stream_that_is_cut_is_cut_on_the_other_side_and_the_tunnel_goes_on()
    {
        Channel<MultiplexedStream> taken = Channel.CreateUnbounded<MultiplexedStream>();
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.HandTo(taken));
        MultiplexedStream stream = await pair.Near.OpenAsync(Target);
        MultiplexedStream far = await NextAsync(taken);
        Task<int> reading = far.ReadAsync(new byte[10]).AsTask();
        await stream.AbortAsync();
        Assert.Contains("cut", (await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Wire.Limit))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => far.WriteAsync(new byte[10]).AsTask());
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[10]).AsTask());
        MultiplexedStream other = await pair.Near.OpenAsync(Target);
        await other.WriteAsync(new byte[10]);
    }

    [Fact]
    public async Task A_handler_that_fails_or_says_nothing_refuses_its_stream_alone()
    {
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync((incoming, _) =>
        {
            if (incoming.Target == "fail") throw new InvalidOperationException("secret detail");
            if (incoming.Target == "refuse") incoming.Refuse(StreamRefusal.NotAllowed, "No\u001b such\u202E target.");
            return Task.CompletedTask;
        });
        StreamRefusedException failed = await Assert.ThrowsAsync<StreamRefusedException>(() => pair.Near.OpenAsync("fail"));
        Assert.Equal((StreamRefusal.Other, "It failed."), (failed.Reason, failed.Message));
        StreamRefusedException refused = await Assert.ThrowsAsync<StreamRefusedException>(() => pair.Near.OpenAsync("refuse"));
        Assert.Equal((StreamRefusal.NotAllowed, "No? such? target."), (refused.Reason, refused.Message));
        await Assert.ThrowsAsync<StreamRefusedException>(() => pair.Near.OpenAsync(Target));
        Assert.Equal(0, pair.Near.StreamCount);
    }

    [Fact]
    public async Task More_streams_than_the_peer_takes_are_refused_here()
    {
        MultiplexerOptions two = new() { MaxStreams = 2 };
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.HoldAsync, far: two);
        MultiplexedStream first = await pair.Near.OpenAsync(Target);
        await pair.Near.OpenAsync(Target);
        Assert.Equal(StreamRefusal.TooMany, (await Assert.ThrowsAsync<StreamRefusedException>(() => pair.Near.OpenAsync(Target))).Reason);
        await first.AbortAsync();

        // Its handler stands still: the far side goes on counting it.
        Assert.Equal(StreamRefusal.TooMany, (await Assert.ThrowsAsync<StreamRefusedException>(() => pair.Near.OpenAsync(Target))).Reason);
    }

    [Fact]
    public async Task A_tunnel_without_numbers_ends_when_its_streams_have()
    {
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.EchoAsync, near: new MultiplexerOptions { FirstStream = uint.MaxValue - 2 });
        MultiplexedStream last = await pair.Near.OpenAsync(Target);
        Assert.Equal(ChannelError.ChannelClosed, (await Assert.ThrowsAsync<ChannelException>(() => pair.Near.OpenAsync(Target))).Error);
        await last.WriteAsync(new byte[5]);
        await last.CompleteAsync();
        Assert.Equal(new byte[5], await MultiplexedPair.ReadToEndAsync(last).WaitAsync(Wire.Limit));
        await pair.Far.Completion.WaitAsync(Wire.Limit);
    }

    [Fact]
    public async Task The_end_of_the_tunnel_ends_its_streams_and_every_wait()
    {
        Channel<MultiplexedStream> taken = Channel.CreateUnbounded<MultiplexedStream>();
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.HandTo(taken));
        MultiplexedStream stream = await pair.Near.OpenAsync(Target);
        Task<int> reading = stream.ReadAsync(new byte[10]).AsTask();
        Task writing = stream.WriteAsync(new byte[1_000_000]).AsTask();
        await pair.Far.DisposeAsync();
        await Assert.ThrowsAsync<ChannelException>(() => reading.WaitAsync(Wire.Limit));
        await Assert.ThrowsAsync<ChannelException>(() => writing.WaitAsync(Wire.Limit));
        await Assert.ThrowsAsync<ChannelException>(() => pair.Near.OpenAsync(Target).WaitAsync(Wire.Limit));
        Assert.Equal(0, pair.Near.StreamCount);
    }

    [Fact]
    public async Task Draining_waits_for_streams_and_then_says_goodbye()
    {
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync(MultiplexedPair.EchoAsync);
        MultiplexedStream stream = await pair.Near.OpenAsync(Target);
        using (CancellationTokenSource soon = new(50)) Assert.False(await pair.Near.DrainAsync(soon.Token));
        Task<bool> draining = pair.Near.DrainAsync();
        await stream.CompleteAsync();
        Assert.Empty(await MultiplexedPair.ReadToEndAsync(stream));
        Assert.True(await draining.WaitAsync(Wire.Limit));
        await pair.Far.Completion.WaitAsync(Wire.Limit);
    }

    [Fact]
    public async Task A_wait_for_the_peers_answer_can_be_given_up()
    {
        TaskCompletionSource answer = new();
        await using MultiplexedPair pair = await MultiplexedPair.StartAsync((_, _) => answer.Task);
        using CancellationTokenSource patience = new();
        Task<MultiplexedStream> opening = pair.Near.OpenAsync(Target, cancellationToken: patience.Token);
        await Until.TrueAsync(() => pair.Far.StreamCount == 1, "the peer knows of it");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await Until.TrueAsync(() => pair.Far.StreamCount == 0, "the peer hears that it is gone");
        answer.SetResult();
    }

    private static Task<MultiplexedStream> NextAsync(Channel<MultiplexedStream> taken) => taken.Reader.ReadAsync().AsTask().WaitAsync(Wire.Limit);
}
