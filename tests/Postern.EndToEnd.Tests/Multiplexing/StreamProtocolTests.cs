using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Multiplexing;

/// <summary>A peer that speaks the frames by hand, and breaks their rules.</summary>
public sealed class StreamProtocolTests
{
    private static readonly byte[] Hello = StreamFrames.Hello(maxStreams: 10, window: 1000);

    [Theory]
    [InlineData("0400000000FF", "which was never open")] // data for a stream of nobody
    [InlineData("040700000000", "which was never open")]
    [InlineData("09", "shorter than its header")]
    [InlineData("0905000000", "which was never open")]
    [InlineData("0000000000", "which was never open")] // a second greeting
    [InlineData("0102000000" + "0100" + "64" + "0000", "out of order")] // a number of ours
    [InlineData("0103000000" + "0104" + "64" + "0000", "text of 1025 bytes")]
    [InlineData("0103000000" + "0200" + "64FF" + "0000", "not UTF-8")]
    [InlineData("0103000000" + "0200" + "640A" + "0000", "not seen")]
    [InlineData("0103000000" + "0100" + "64" + "0100" + "78", "source is no address")]
    [InlineData("0103000000" + "0100" + "64" + "000000", "too many")]
    [InlineData("0103000000" + "0500" + "64", "too early")]
    [InlineData("0501000000" + "00000000", "credit of nothing")]
    [InlineData("0501000000" + "01", "too early")]
    [InlineData("0601000000" + "01", "has a body")]
    [InlineData("0701000000" + "01", "has a body")]
    [InlineData("0401000000", "out of turn")] // data without data
    [InlineData("0201000000", "out of turn")] // an answer to what nobody asked
    [InlineData("0301000000" + "00", "out of turn")]
    public async Task What_breaks_the_rules_ends_the_tunnel(string frame, string reason)
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync);
        await pair.Sender.SendAsync(Hello);
        await pair.Sender.SendAsync(StreamFrames.Open(1, "default", null));
        await pair.Sender.SendAsync(Convert.FromHexString(frame));
        TunnelProtocolException broken = await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
        Assert.Contains(reason, broken.Message, StringComparison.Ordinal);
        Assert.Equal(0, multiplexer.StreamCount);
    }

    [Fact]
    public async Task More_than_the_window_ends_the_tunnel()
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync, new MultiplexerOptions { InitialWindow = 2000 });
        await pair.Sender.SendAsync(Hello);
        await pair.Sender.SendAsync(StreamFrames.Open(1, "default", null));
        byte[] data = new byte[StreamFrames.HeaderSize + 1000];
        StreamFrames.WriteHeader(data, StreamFrame.Data, 1);
        await pair.Sender.SendAsync(data);
        await pair.Sender.SendAsync(data);
        await pair.Sender.SendAsync(data.AsMemory(0, StreamFrames.HeaderSize + 1));
        TunnelProtocolException broken = await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
        Assert.Contains("window allows", broken.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StreamFrame.End, "second end")]
    [InlineData(StreamFrame.Data, "after the end")]
    internal async Task Nothing_follows_an_end(StreamFrame kind, string reason)
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync);
        await pair.Sender.SendAsync(Hello);
        await pair.Sender.SendAsync(StreamFrames.Open(1, "default", null));
        await pair.Sender.SendAsync(StreamFrames.Bare(StreamFrame.End, 1));
        byte[] further = [.. StreamFrames.Bare(kind, 1), .. (byte[])(kind == StreamFrame.Data ? [1] : [])];
        await pair.Sender.SendAsync(further);
        TunnelProtocolException broken = await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
        Assert.Contains(reason, broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credit_without_end_ends_the_tunnel()
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync);
        await pair.Sender.SendAsync(Hello);
        await pair.Sender.SendAsync(StreamFrames.Open(1, "default", null));
        await pair.Sender.SendAsync(StreamFrames.Credit(1, uint.MaxValue));
        await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task What_was_on_its_way_when_a_stream_ended_is_no_mistake()
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.EchoAsync);
        await pair.Sender.SendAsync(Hello);
        await pair.Sender.SendAsync(StreamFrames.Open(1, "default", null));
        await pair.Sender.SendAsync(StreamFrames.Bare(StreamFrame.Reset, 1));
        foreach (StreamFrame kind in (StreamFrame[])[StreamFrame.End, StreamFrame.Reset]) await pair.Sender.SendAsync(StreamFrames.Bare(kind, 1));
        await pair.Sender.SendAsync(StreamFrames.Credit(1, 7));
        byte[] late = [.. StreamFrames.Bare(StreamFrame.Data, 1), 1];
        await pair.Sender.SendAsync(late);
        await pair.Sender.SendAsync(StreamFrames.Open(3, "default", null));
        await pair.Sender.CompleteAsync();
        await multiplexer.Completion.WaitAsync(Wire.Limit);
    }

    [Fact]
    public async Task Whoever_does_not_greet_in_time_is_left()
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(
            pair.Receiver, MultiplexedPair.HoldAsync, new MultiplexerOptions { GreetingTimeout = TimeSpan.FromMilliseconds(50) });
        Task<MultiplexedStream> opening = multiplexer.OpenAsync("default");
        TunnelProtocolException silent = await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
        Assert.Contains("--multiplex", silent.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TunnelProtocolException>(() => opening);
    }

    [Fact]
    public async Task Whoever_says_something_else_first_is_left()
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync);
        await pair.Sender.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        TunnelProtocolException broken = await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
        Assert.Contains("greeting", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_and_cutting_costs_as_much_as_using()
    {
        int running = 0;
        int most = 0;
        TaskCompletionSource released = new();
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(
            pair.Receiver,
            async (incoming, _) =>
            {
                int now = Interlocked.Increment(ref running);
                while (Volatile.Read(ref most) is var seen && now > seen) Interlocked.CompareExchange(ref most, now, seen);
                await released.Task;
                Interlocked.Decrement(ref running);
                incoming.Refuse(StreamRefusal.Unreachable, "Nobody there.");
            },
            new MultiplexerOptions { MaxStreams = 5 });
        await pair.Sender.SendAsync(Hello);
        for (uint number = 1; number < 2000; number += 2)
        {
            await pair.Sender.SendAsync(StreamFrames.Open(number, "default", null));
            await pair.Sender.SendAsync(StreamFrames.Bare(StreamFrame.Reset, number));
        }

        byte[] answer = new byte[1000];
        int refusals = 0;
        while (refusals < 995)
        {
            int size = await pair.Sender.ReceiveAsync(answer).AsTask().WaitAsync(Wire.Limit);
            (StreamFrame kind, uint _) = StreamFrames.ReadHeader(answer.AsSpan(0, size));
            if (kind == StreamFrame.Refuse) refusals++;
        }

        released.SetResult();
        Assert.InRange(Volatile.Read(ref most), 1, 5);
    }

    [Fact]
    public async Task Whoever_asks_for_much_and_reads_nothing_is_left()
    {
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using StreamMultiplexer multiplexer = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync, new MultiplexerOptions { MaxStreams = 1 });
        await pair.Sender.SendAsync(Hello);
        Task asking = Task.Run(async () =>
        {
            for (uint number = 1; ; number += 2) await pair.Sender.SendAsync(StreamFrames.Open(number, "default", null));
        });
        TunnelProtocolException left = await Assert.ThrowsAsync<TunnelProtocolException>(() => multiplexer.Completion.WaitAsync(Wire.Limit));
        Assert.Contains("reads nothing", left.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ChannelException>(() => asking.WaitAsync(Wire.Limit));
    }
}
