using System.Threading.Channels;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Two peers with many streams in one channel; the receiver's side does with each what the test says.</summary>
internal sealed class MultiplexedPair : IAsyncDisposable
{
    private readonly ChannelPair _channels;

    private MultiplexedPair(ChannelPair channels, StreamHandler handler, MultiplexerOptions? near, MultiplexerOptions? far)
    {
        _channels = channels;
        Near = StreamMultiplexer.Start(channels.Sender, Refuse, near);
        Far = StreamMultiplexer.Start(channels.Receiver, handler, far);
    }

    public StreamMultiplexer Near { get; }

    public StreamMultiplexer Far { get; }

    public static async Task<MultiplexedPair> StartAsync(StreamHandler handler, MultiplexerOptions? near = null, MultiplexerOptions? far = null) =>
        new(await ChannelPair.ConnectAsync(), handler, near, far);

    /// <summary>Sends back what comes, and ends when that does.</summary>
    public static async Task EchoAsync(IncomingStream incoming, CancellationToken cancellationToken)
    {
        MultiplexedStream stream = await incoming.AcceptAsync();
        byte[] buffer = new byte[10_000];
        while (await stream.ReadAsync(buffer) is var size and > 0) await stream.WriteAsync(buffer.AsMemory(0, size));
        await stream.CompleteAsync();
    }

    /// <summary>Takes streams and reads nothing until the test ends.</summary>
    public static async Task HoldAsync(IncomingStream incoming, CancellationToken cancellationToken)
    {
        await incoming.AcceptAsync();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Hands accepted streams to the test, which uses them until the tunnel ends: each a moment after its opener has it.</summary>
    public static StreamHandler HandTo(Channel<MultiplexedStream> streams) => async (incoming, cancellationToken) =>
    {
        await streams.Writer.WriteAsync(await incoming.AcceptAsync(), cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    };

    public static async Task<byte[]> ReadToEndAsync(MultiplexedStream stream)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[50_000];
        while (await stream.ReadAsync(buffer) is var size and > 0) all.Write(buffer, 0, size);
        return all.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Near.DisposeAsync();
        await Far.DisposeAsync();
        await _channels.DisposeAsync();
    }

    private static Task Refuse(IncomingStream incoming, CancellationToken cancellationToken)
    {
        incoming.Refuse(StreamRefusal.NotAllowed, "A test takes no streams.");
        return Task.CompletedTask;
    }
}
