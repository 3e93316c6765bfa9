using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>What is a proper end, and what is none.</summary>
public sealed class ChannelEndingTests
{
    private readonly DuplexPipe _pipe = new();
    private readonly byte[] _buffer = new byte[100];

    [Fact]
    public async Task A_receiver_that_comes_while_the_channel_is_being_ended_hears_why()
    {
        (_, SecureChannel server) = TestChannels.Secure(_pipe);
        ChannelException reason = new(ChannelError.CertificateRevoked, "It was revoked.");

        // It has said goodbye and waits for the client, who says nothing.
        using CancellationTokenSource patience = new();
        Task ending = server.EndAsync(reason, patience.Token);
        Assert.False(ending.IsCompleted);
        await ChannelAssert.ThrowsAsync(ChannelError.CertificateRevoked, () => server.ReceiveAsync(new byte[100]).AsTask());
        _pipe.Client.CompleteWriting();
        await ending;
        await ChannelAssert.ThrowsAsync(ChannelError.CertificateRevoked, () => server.ReceiveAsync(new byte[100]).AsTask());
    }

    [Fact]
    public async Task A_receiver_that_meets_the_clearing_up_after_an_end_made_no_mistake()
    {
        (_, SecureChannel server) = TestChannels.Secure(_pipe);
        Assert.True(server.Receiver.TryEnter());
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ReceiveAsync(new byte[100]).AsTask());
        await server.AbortAsync();
        await ChannelAssert.ThrowsAsync(ChannelError.ChannelClosed, () => server.ReceiveAsync(new byte[100]).AsTask());
        server.Receiver.Leave();
    }

    [Fact]
    public async Task Disposing_without_closing_tells_the_peer_that_something_went_wrong()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await client.SendAsync(new byte[10]);
        await client.DisposeAsync();
        Assert.Equal(10, await server.ReceiveAsync(_buffer));
        ChannelException failure = await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, server.ReceiveAsync(_buffer));
        Assert.Equal((byte)0x03, failure.PeerCode);
        Assert.Equal((byte)0x03, server.PeerCloseCode);
    }

    [Fact]
    public async Task A_stream_does_not_end_when_the_peer_ends_in_error()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await using (Stream stream = client.AsStream()) await stream.WriteAsync(new byte[10]);
        await using Stream received = server.AsStream();
        Assert.Equal(10, await received.ReadAsync(_buffer));
        await Assert.ThrowsAsync<ChannelException>(() => received.ReadExactlyAsync(_buffer).AsTask());
    }

    [Fact]
    public async Task Disposing_after_closing_changes_nothing()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await client.CompleteAsync();
        await client.DisposeAsync();
        Assert.Equal(0, await server.ReceiveAsync(_buffer));
        Assert.Equal((byte)0, server.PeerCloseCode);
    }

    [Fact]
    public async Task A_stream_that_fails_in_its_own_way_finishes_the_channel_and_closing_does_not_throw()
    {
        FailingStream stream = new();
        SecureChannel channel = TestChannels.Secure(
            isInitiator: true, stream, TestChannels.ClockOf(FakeClock.At("2026-06-01")));
        ChannelException failure = await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, channel.SendAsync(new byte[1]));
        Assert.NotNull(failure.InnerException);
        await channel.DisposeAsync();
        Assert.True(stream.IsDisposed);
        Assert.All(TestChannels.Ciphers(channel.Sealed), cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
    }

    private sealed class FailingStream : MemoryStream
    {
        public bool IsDisposed { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Not like this.");

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
