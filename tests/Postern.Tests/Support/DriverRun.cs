using Postern.Channels;
using Postern.Connections;
using Postern.Handshakes;
using Postern.Qstp;

namespace Postern.Tests.Support;

/// <summary>Runs one side of a handshake through the real driver over a <see cref="DuplexPipe"/>.</summary>
internal static class DriverRun
{
    /// <summary>Long enough that only a hang reaches it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static Task<ChannelKeys> RunAsync(
        Handshake handshake, Stream stream, HandshakeGate.Place? gate = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        HandshakeDriver.RunAsync(
            handshake, new PacketTransport(stream), gate, timeout ?? Timeout, cancellationToken);

    /// <summary>The peer has sent <paramref name="input"/> and then nothing more. Returns the error and all that we sent.</summary>
    public static async Task<(ChannelException Error, byte[] Sent)> FailAsync(Handshake handshake, params byte[][] input)
    {
        DuplexPipe pipe = new();
        foreach (byte[] bytes in input) await pipe.Client.WriteAsync(bytes);
        pipe.Client.CompleteWriting();
        ChannelException error = await Assert.ThrowsAsync<ChannelException>(() => RunAsync(handshake, pipe.Server));
        await pipe.Server.DisposeAsync();
        return (error, await pipe.Client.ReadToEndAsync());
    }
}
