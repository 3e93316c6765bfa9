using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Postern.Load;

/// <summary>A client process: opens its connections, reports, and echoes over all of them whenever a line asks for that.</summary>
internal static class ClientRole
{
    // Enough to keep a server busy, few enough for a latency to say something.
    private const int Concurrency = 16;
    private const int MessageSize = 64;

    public static async Task RunAsync(TunnelKind kind, IPEndPoint server, IPAddress source, int count, bool stall, LoadKeys keys)
    {
        using TunnelDialer dialer = new(kind, server, source, keys);
        Stream?[] streams = new Stream?[count];
        await ReportAsync(streams.Length, async i => streams[i] = stall ? await dialer.StallAsync() : await dialer.ConnectAsync());
        while (await Console.In.ReadLineAsync() == ChildProcess.EchoCommand)
        {
            await ReportAsync(streams.Length, i => EchoAsync(streams[i] ?? throw new IOException("There is no connection.")));
        }

        foreach (Stream? stream in streams)
        {
            if (stream is not null) await stream.DisposeAsync();
        }
    }

    private static async Task EchoAsync(Stream stream)
    {
        byte[] message = new byte[MessageSize];
        byte[] answer = new byte[MessageSize];
        RandomNumberGenerator.Fill(message);
        await stream.WriteAsync(message);
        await stream.ReadExactlyAsync(answer);
        if (!answer.AsSpan().SequenceEqual(message)) throw new IOException("The echo is another.");
    }

    private static async Task ReportAsync(int count, Func<int, Task> work)
    {
        TimeSpan[] times = new TimeSpan[count];
        int failed = 0;
        string? problem = null;
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (i, _) =>
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                await work(i);
            }
            catch (Exception exception) when (exception is IOException or ChannelException or System.Net.Sockets.SocketException or InvalidOperationException)
            {
                Interlocked.Increment(ref failed);
                Interlocked.CompareExchange(ref problem, exception.Message, null);
            }

            times[i] = Stopwatch.GetElapsedTime(begun);
        });
        ClientReport report = new(count - failed, failed, problem, Stopwatch.GetElapsedTime(start).TotalSeconds, Percentiles.Of(times));
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report));
    }
}
