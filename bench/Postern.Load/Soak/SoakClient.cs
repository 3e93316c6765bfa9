using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Postern.Load.Soak;

/// <summary>Plain connections through one pair, and what each of them does. Every byte that comes back is compared with what was sent.</summary>
internal sealed class SoakClient(IPEndPoint endPoint, SoakBackend backend, SoakTally tally, int seed)
{
    private const int BulkSize = 4 << 20;
    private const int ChunkSize = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private int _connections;

    /// <summary>One short connection after another; some are left or reset half-way.</summary>
    public Task ChurnAsync(CancellationToken enough) => RepeatAsync(
        TimeSpan.FromMilliseconds(25),
        (random, number, limit) => (number % 8) switch
        {
            6 => LeaveAsync(random, reset: true, limit),
            7 => LeaveAsync(random, reset: false, limit),
            _ => ExchangeAsync(random, random.Next(1, 20_000), readPause: TimeSpan.Zero, limit),
        },
        enough);

    /// <summary>One large transfer after another.</summary>
    public Task BulkAsync(CancellationToken enough) =>
        RepeatAsync(TimeSpan.FromSeconds(1), (random, _, limit) => ExchangeAsync(random, BulkSize + random.Next(1000), readPause: TimeSpan.Zero, limit), enough);

    /// <summary>Readers that take their time, so that all buffers on the way are full.</summary>
    public Task SlowAsync(CancellationToken enough) =>
        RepeatAsync(TimeSpan.FromSeconds(1), (random, _, limit) => ExchangeAsync(random, 2 * BulkSize, TimeSpan.FromMilliseconds(50), limit), enough);

    private async Task RepeatAsync(TimeSpan pause, Func<Random, int, CancellationToken, Task> work, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            int number = Interlocked.Increment(ref _connections);
            await TryAsync(limit => work(new Random(unchecked((seed * 1_000_003) + number)), number, limit));
            await Task.Delay(pause, CancellationToken.None);
        }
    }

    // A connection may break while the service behind is gone, and at no other time; it may never be silent for long, nor end before its end.
    private async Task TryAsync(Func<CancellationToken, Task> work)
    {
        int mark = backend.Mark();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await work(limit.Token);
        }
        catch (Exception exception) when (exception is SocketException or IOException && backend.WasGoneSince(mark))
        {
            tally.CountCut();
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or InvalidDataException)
        {
            string state = backend.WasGoneSince(mark) ? "the service behind was gone meanwhile" : "the service behind was there all the time";
            tally.Complain($"a connection to {endPoint}: {exception.GetType().Name}: {exception.Message} ({state})");
        }
    }

    private async Task ExchangeAsync(Random random, int size, TimeSpan readPause, CancellationToken limit)
    {
        using Socket socket = await ConnectAsync(limit);
        await CompareAsync(socket, random, size, readPause, limit);
        tally.CountExchange(size);
    }

    private static async Task CompareAsync(Socket socket, Random random, int size, TimeSpan readPause, CancellationToken limit)
    {
        Task<byte[]> writing = WriteAsync(socket, random, size, limit);
        Task<(long Size, byte[] Digest)> reading = ReadAsync(socket, readPause, limit);
        await Task.WhenAll(writing, reading);
        byte[] expected = await writing;
        (long read, byte[] digest) = await reading;
        if (read != size) throw new InvalidDataException($"{read} bytes of {size} came back, and then the end.");
        if (!digest.AsSpan().SequenceEqual(expected)) throw new InvalidDataException($"Other bytes came back than were sent, {size} of them.");
    }

    private async Task LeaveAsync(Random random, bool reset, CancellationToken limit)
    {
        using Socket socket = await ConnectAsync(limit);
        byte[] data = new byte[random.Next(1, 2 * ChunkSize)];
        await socket.SendAsync(data, limit);
        if (reset) socket.LingerState = new LingerOption(enable: true, seconds: 0);
        tally.CountLeft();
    }

    private static async Task<byte[]> WriteAsync(Socket socket, Random random, int size, CancellationToken limit)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[Math.Min(size, ChunkSize)];
        for (int done = 0; done < size;)
        {
            Memory<byte> next = chunk.AsMemory(0, Math.Min(chunk.Length, size - done));
            random.NextBytes(next.Span);
            hash.AppendData(next.Span);
            for (int sent = 0; sent < next.Length;) sent += await socket.SendAsync(next[sent..], limit);
            done += next.Length;
        }

        socket.Shutdown(SocketShutdown.Send);
        return hash.GetHashAndReset();
    }

    private static async Task<(long Size, byte[] Digest)> ReadAsync(Socket socket, TimeSpan pause, CancellationToken limit)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkSize];
        long size = 0;
        while (await socket.ReceiveAsync(chunk, limit) is > 0 and int count)
        {
            hash.AppendData(chunk, 0, count);
            size += count;
            if (pause > TimeSpan.Zero) await Task.Delay(pause, limit);
        }

        return (size, hash.GetHashAndReset());
    }

    private async Task<Socket> ConnectAsync(CancellationToken limit)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ChunkSize };
        try
        {
            await socket.ConnectAsync(endPoint, limit);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
