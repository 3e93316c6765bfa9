using System.Reflection;
using System.Security.Cryptography;
using Postern.Tests.Support;

namespace Postern.Tests;

public sealed class SecureStreamTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly DuplexPipe _pipe = new();
    private readonly SecureChannel _client;
    private readonly SecureChannel _server;
    private readonly Stream _clientStream;
    private readonly Stream _serverStream;

    public SecureStreamTests()
    {
        (_client, _server) = TestChannels.Secure(_pipe);
        _clientStream = _client.AsStream();
        _serverStream = _server.AsStream();
    }

    [Fact]
    public async Task Tiny_reads_take_messages_apart_and_lose_nothing()
    {
        byte[] data = new byte[10_000];
        new SeededRandom(1).Fill(data);
        await _clientStream.WriteAsync(data.AsMemory(0, 3));
        await _clientStream.WriteAsync(data.AsMemory(3, 9000));
        await _clientStream.WriteAsync(data.AsMemory(9003));
        await _client.CompleteAsync();
        List<byte> read = [];
        byte[] buffer = new byte[3];
        int size = 0;
        while (true)
        {
            size = (size % 3) + 1;
            int count = await _serverStream.ReadAsync(buffer.AsMemory(0, size));
            if (count == 0) break;
            read.AddRange(buffer[..count]);
        }

        Assert.Equal(data, read.ToArray());
    }

    [Fact]
    public async Task A_write_larger_than_a_packet_becomes_several_and_an_empty_one_none()
    {
        byte[] data = new byte[200_000];
        new SeededRandom(1).Fill(data);
        await _clientStream.WriteAsync(data);
        await _clientStream.WriteAsync(Memory<byte>.Empty);
        Assert.Equal(7, _pipe.Client.Writes.Count);
        byte[] read = new byte[200_000];
        await _serverStream.ReadExactlyAsync(read);
        Assert.Equal(data, read);
    }

    [Fact]
    public async Task A_zero_byte_read_waits_for_data_and_takes_none()
    {
        Task<int> waiting = _serverStream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await _clientStream.WriteAsync("data"u8.ToArray());
        Assert.Equal(0, await waiting.WaitAsync(HangGuard));
        Assert.Equal(0, await _serverStream.ReadAsync(Memory<byte>.Empty));
        byte[] buffer = new byte[2];
        Assert.Equal(2, await _serverStream.ReadAsync(buffer));
        Assert.Equal(0, await _serverStream.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(2, await _serverStream.ReadAsync(buffer));
        Assert.Equal("ta"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task The_peers_goodbye_is_the_end_and_a_lost_connection_is_not()
    {
        await _clientStream.WriteAsync("data"u8.ToArray());
        await _client.CloseAsync();
        byte[] buffer = new byte[10];
        Assert.Equal(4, await _serverStream.ReadAsync(buffer));
        Assert.Equal(0, await _serverStream.ReadAsync(buffer));

        DuplexPipe cut = new();
        (_, SecureChannel server) = TestChannels.Secure(cut);
        cut.Client.CompleteWriting();
        await using Stream stream = server.AsStream();
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, stream.ReadAsync(buffer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_is_a_proper_end_where_that_was_asked_for(bool synchronously)
    {
        Stream stream = _client.AsStream(saysGoodbye: true);
        await stream.WriteAsync("last"u8.ToArray());
        if (synchronously) stream.Dispose();
        else await stream.DisposeAsync();
        byte[] buffer = new byte[10];
        Assert.Equal(4, await _serverStream.ReadAsync(buffer));
        Assert.Equal(0, await _serverStream.ReadAsync(buffer));
        Assert.Equal((byte)0, _server.PeerCloseCode);
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing_and_does_not_disturb_writing()
    {
        byte[] buffer = new byte[10];
        using CancellationTokenSource cancellation = new();
        Task<int> read = _serverStream.ReadAsync(buffer, cancellation.Token).AsTask();
        await _serverStream.WriteAsync("out"u8.ToArray());
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(HangGuard));
        await _clientStream.WriteAsync("in"u8.ToArray());
        Assert.Equal(2, await _serverStream.ReadAsync(buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal(3, await _clientStream.ReadAsync(buffer).AsTask().WaitAsync(HangGuard));
    }

    [Fact]
    public async Task Disposing_clears_what_was_decrypted_and_not_read()
    {
        await _clientStream.WriteAsync("the secret plaintext"u8.ToArray());
        byte[] buffer = new byte[4];
        Assert.Equal(4, await _serverStream.ReadAsync(buffer));
        byte[] rest = (byte[])_serverStream.GetType().GetField("_rest", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_serverStream)!;
        Assert.Equal(" secret plaintext"u8[1..].ToArray(), rest[4..20]);
        await _serverStream.DisposeAsync();
        Assert.False(rest.AsSpan(0, 20).ContainsAnyExcept((byte)0));
        await ChannelAssert.ThrowsAsync(ChannelError.ChannelClosed, _serverStream.ReadAsync(buffer));
    }

    [Fact]
    public async Task The_synchronous_calls_do_the_same()
    {
        byte[] buffer = new byte[10];
        await Task.Run(() =>
        {
            _clientStream.Write("sync"u8.ToArray(), 0, 4);
            _clientStream.Write("span"u8);
            _clientStream.WriteByte((byte)'!');
            _clientStream.Flush();
            Assert.Equal(4, _serverStream.Read(buffer, 0, 10));
            Assert.Equal(4, _serverStream.Read(buffer.AsSpan()));
            Assert.Equal('!', _serverStream.ReadByte());
        });
        await Task.Factory.FromAsync(_clientStream.BeginWrite, _clientStream.EndWrite, "apm"u8.ToArray(), 0, 3, null);
        Assert.Equal(3, await Task.Factory.FromAsync(_serverStream.BeginRead, _serverStream.EndRead, buffer, 0, 10, null));
        Assert.Throws<NotSupportedException>(() => _serverStream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => _serverStream.SetLength(0));
    }

    [Fact]
    public async Task Ten_megabytes_each_way_survive_ratchets_from_both_sides()
    {
        const int Size = 10_000_000;
        DuplexPipe pipe = new(capacity: 300_000);
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(pipe);
        await using Stream clientStream = client.AsStream();
        await using Stream serverStream = server.AsStream();
        Task<byte[]> atServer = ReadAsync(serverStream, seed: 3);
        Task<byte[]> atClient = ReadAsync(clientStream, seed: 4);
        Task<byte[]> fromClient = WriteAsync(client, clientStream, seed: 1, Size);
        Task<byte[]> fromServer = WriteAsync(server, serverStream, seed: 2, Size);
        await Task.WhenAll(atServer, atClient, fromClient, fromServer).WaitAsync(HangGuard);
        Assert.Equal(await fromClient, await atServer);
        Assert.Equal(await fromServer, await atClient);
        Assert.True(client.RatchetCount >= 8, $"Only {client.RatchetCount} ratchets.");
    }

    // Random data in chunks of random size, with a ratchet now and then. Returns the hash of what was sent.
    private static async Task<byte[]> WriteAsync(SecureChannel channel, Stream stream, int seed, int size)
    {
        Random random = new(seed);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[100_000];
        for (int sent = 0; sent < size;)
        {
            int count = Math.Min(random.Next(1, chunk.Length), size - sent);
            random.NextBytes(chunk.AsSpan(0, count));
            hash.AppendData(chunk.AsSpan(0, count));
            await stream.WriteAsync(chunk.AsMemory(0, count));
            sent += count;

            // The peer may be so busy sending that it has not seen eight of ours yet.
            if (channel.Sealed.PendingRatchets < 8) await channel.RatchetAsync();
        }

        await channel.CompleteAsync();
        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int seed)
    {
        Random random = new(seed);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[100_000];
        while (true)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)));
            if (count == 0) return hash.GetHashAndReset();
            hash.AppendData(buffer.AsSpan(0, count));
        }
    }
}
