using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.AspNetCore.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>However a connection ends, nobody counts it any more, and no exception stays unobserved.</summary>
[Collection(nameof(ChurnTests))]
public sealed class ConnectionCountTests : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _ofKestrel = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Exception> _unobserved = new();
    private long _active;

    public ConnectionCountTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "postern.connections.active" or "kestrel.active_connections") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, measurement, _, _) =>
        {
            if (instrument.Meter.Name == "Postern") _active += measurement;
            else _ofKestrel.AddOrUpdate(instrument.Name, measurement, (_, sum) => sum + measurement);
        });
        _listener.Start();
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    public static TheoryData<Tunnel, Ending> Endings => new MatrixTheoryData<Tunnel, Ending>([Tunnel.Qstp, Tunnel.QstpMiddleware], Enum.GetValues<Ending>());

    public void Dispose()
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        _listener.Dispose();
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_connection_is_not_counted_after_its_end(Tunnel tunnel, Ending ending)
    {
        long before = CountActive();
        await using (TestApplication application = await TestApplication.StartAsync(
            ServeAsync, tunnel, kestrel: options => options.Limits.MaxConcurrentConnections = ending == Ending.KestrelHasNoRoom ? 1 : null))
        {
            SecureChannel? first = ending == Ending.KestrelHasNoRoom ? await TakeTheOnlyPlaceAsync(application) : null;
            int rounds = ending == Ending.ByTheServer ? 1 : 20;
            for (int round = 0; round < rounds; round++) await EndAsync(application, ending);
            if (first is not null) await first.CloseAsync();
            await application.Application.StopAsync().WaitAsync(TestApplication.HangGuard);
            string error = string.Join('\n', application.Logs.Lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text).Take(1));
            Assert.True(error.Length == 0, error);
        }

        await UntilAsync(() => CountActive() == before);
        await UntilAsync(() => _ofKestrel.Values.Sum() == 0);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.NotEmpty(_ofKestrel);
        Assert.Empty(_unobserved);
    }

    // It is taken once Kestrel answers: a handshake that is done on this side alone can be overtaken by the next.
    private static async Task<SecureChannel> TakeTheOnlyPlaceAsync(TestApplication application)
    {
        SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await channel.ReceiveAsync(new byte[channel.MaxMessageSize]).AsTask().WaitAsync(TestApplication.HangGuard));
        return channel;
    }

    private static async Task EndAsync(TestApplication application, Ending ending)
    {
        if (ending == Ending.KestrelHasNoRoom && application.Tunnel == Tunnel.QstpMiddleware)
        {
            await Assert.ThrowsAsync<ChannelException>(application.ConnectOverSocketAsync);
            return;
        }

        (SecureChannel channel, Socket socket) = await application.ConnectOverSocketAsync();
        using Socket kept = socket;
        byte[] buffer = new byte[channel.MaxMessageSize];
        switch (ending)
        {
            case Ending.InTheRequestBody:
                await channel.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nhalf"u8.ToArray());
                socket.Close(0);
                break;
            case Ending.InTheResponse:
                await channel.SendAsync("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
                await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard);
                socket.Close(0);
                break;
            case Ending.InBothAtOnce:
                await channel.SendAsync("POST /unread HTTP/1.1\r\nHost: test\r\nContent-Length: 10000000\r\n\r\n"u8.ToArray());
                for (int piece = 0; piece < 20; piece++) await channel.SendAsync(new byte[32 * 1024]);
                await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard);
                socket.Close(0);
                break;
            case Ending.GoodbyeInTheResponse:
                await channel.SendAsync("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
                await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard);
                await channel.CloseAsync();
                break;
            case Ending.HalfClosedWithoutGoodbye:
                await channel.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
                socket.Shutdown(SocketShutdown.Send);
                break;
            case Ending.Aborted:
                await channel.SendAsync("GET /abort HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
                await Assert.ThrowsAsync<ChannelException>(() => channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard));
                break;
            case Ending.KestrelHasNoRoom:
                Assert.Equal(0, await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard));
                break;
            default:
                Task<int> end = channel.ReceiveAsync(buffer).AsTask();
                await application.Application.StopAsync().WaitAsync(TestApplication.HangGuard);
                Assert.Equal(0, await end.WaitAsync(TestApplication.HangGuard));
                break;
        }

        await channel.AbortAsync();
    }

    private static void ServeAsync(WebApplication app)
    {
        app.MapPost("/", async context => await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted));
        app.MapGet("/", context => context.Response.WriteAsync("hello"));
        app.MapGet("/abort", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        app.MapGet("/endless", WriteForEverAsync);
        app.MapPost("/unread", WriteForEverAsync);
    }

    private static async Task WriteForEverAsync(HttpContext context)
    {
        byte[] piece = new byte[64 * 1024];
        while (true) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource guard = new(TestApplication.HangGuard);
        while (!condition())
        {
            guard.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs arguments) => _unobserved.Enqueue(arguments.Exception);

    private long CountActive()
    {
        _active = 0;
        _listener.RecordObservableInstruments();
        return _active;
    }

    public enum Ending
    {
        InTheRequestBody,
        InTheResponse,
        InBothAtOnce,
        GoodbyeInTheResponse,
        HalfClosedWithoutGoodbye,
        Aborted,
        KestrelHasNoRoom,
        ByTheServer,
    }
}
