using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Postern.AspNetCore.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>How connections end, from either side, and what the application and the client learn of it.</summary>
public sealed class ConnectionEndingTests
{
    private static readonly byte[] GetRequest = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray();
    private static readonly byte[] PostHead = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nhalf"u8.ToArray();

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_goodbye_is_the_end_of_input_and_the_answer_still_comes(Tunnel tunnel)
    {
        // Below HTTP, for Kestrel's HTTP/1.1 takes the end of input for the client's end, over HTTPS as well.
        await using TestApplication application = await TestApplication.StartAsync(
            app => { }, tunnel, listen: listen => listen.Run(async connection =>
            {
                using StreamReader input = new(connection.Transport.Input.AsStream());
                string text = await input.ReadToEndAsync();
                bool isClosed = connection.ConnectionClosed.IsCancellationRequested;
                await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{text}, closed: {isClosed}"));
            }));
        await using SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync("all of it"u8.ToArray());
        await channel.CompleteAsync();
        Assert.Equal("all of it, closed: False", await ReadToEndAsync(channel));
        Assert.Equal((byte)0, channel.PeerCloseCode);
    }

    [Theory]
    [InlineData(Tunnel.Qstp, false)]
    [InlineData(Tunnel.Qstp, true)]
    [InlineData(Tunnel.QstpMiddleware, false)]
    [InlineData(Tunnel.QstpMiddleware, true)]
    public async Task A_tunnel_that_breaks_aborts_the_request(Tunnel tunnel, bool isForged)
    {
        RequestWatch watch = new();
        await using TestApplication application = await TestApplication.StartAsync(app => app.Run(watch.ReadBodyAsync), tunnel);
        (SecureChannel channel, Socket socket) = await application.ConnectOverSocketAsync();
        await channel.SendAsync(PostHead);
        await watch.Started.Task.WaitAsync(TestApplication.HangGuard);
        if (isForged) await socket.SendAsync(new byte[100]);
        else socket.Dispose();
        await watch.Aborted.Task.WaitAsync(TestApplication.HangGuard);
        Exception failure = await watch.Failure.Task.WaitAsync(TestApplication.HangGuard);
        Assert.True(failure is IOException or OperationCanceledException, failure.ToString());
        await channel.AbortAsync();
        socket.Dispose();
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_tunnel_that_breaks_is_told_to_an_application_that_writes_and_does_not_read(Tunnel tunnel)
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApplication application = await TestApplication.StartAsync(
            app => { }, tunnel, listen: listen => listen.Run(async connection =>
            {
                byte[] piece = new byte[64 * 1024];
                while (!(await connection.Transport.Output.WriteAsync(piece)).IsCompleted)
                {
                }

                using CancellationTokenRegistration registration = connection.ConnectionClosed.Register(closed.SetResult);
                await closed.Task;
            }));
        (SecureChannel channel, Socket socket) = await application.ConnectOverSocketAsync();
        for (int piece = 0; piece < 20; piece++) await channel.SendAsync(new byte[32 * 1024]);
        await channel.ReceiveAsync(new byte[channel.MaxMessageSize]).AsTask().WaitAsync(TestApplication.HangGuard);
        socket.Close(0);
        await closed.Task.WaitAsync(TestApplication.HangGuard);
        await channel.AbortAsync();
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_client_that_leaves_aborts_the_request_it_waited_for(Tunnel tunnel)
    {
        RequestWatch watch = new();
        await using TestApplication application = await TestApplication.StartAsync(app => app.Run(watch.WaitForAbortAsync), tunnel);
        SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync(GetRequest);
        await watch.Started.Task.WaitAsync(TestApplication.HangGuard);
        await channel.CloseAsync();
        await watch.Aborted.Task.WaitAsync(TestApplication.HangGuard);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task An_application_that_aborts_ends_without_a_goodbye(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(async context =>
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
                context.Abort();
            }),
            tunnel);
        await using SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync(GetRequest);
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(() => ReadToEndAsync(channel));
        Assert.Equal(ChannelError.ConnectionLost, exception.Error);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_request_that_is_cancelled_is_aborted_on_the_server(Tunnel tunnel)
    {
        RequestWatch watch = new();
        await using TestApplication application = await TestApplication.StartAsync(app => app.Run(watch.WaitForAbortAsync), tunnel);
        using HttpClient client = application.CreateClient();
        using CancellationTokenSource cancellation = new();
        Task<string> request = client.GetStringAsync(application.Address(), cancellation.Token);
        await watch.Started.Task.WaitAsync(TestApplication.HangGuard);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await watch.Aborted.Task.WaitAsync(TestApplication.HangGuard);
    }

    [Fact]
    public async Task Half_a_request_never_reaches_the_application()
    {
        int requests = 0;
        await using TestApplication application = await TestApplication.StartAsync(app => app.Run(context =>
        {
            Interlocked.Increment(ref requests);
            return context.Response.WriteAsync("whole");
        }));
        SecureChannel half = await application.ConnectAsync();
        await half.SendAsync(GetRequest.AsMemory(0, 20));
        await half.CompleteAsync();
        Assert.DoesNotContain("200 OK", await ReadToEndAsync(half), StringComparison.Ordinal);
        await half.CloseAsync();
        using HttpClient client = application.CreateClient();
        Assert.Equal("whole", await client.GetStringAsync(application.Address()));
        Assert.Equal(1, requests);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Stopping_lets_the_running_request_finish(Tunnel tunnel)
    {
        RequestWatch watch = new();
        TaskCompletionSource mayFinish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(async context =>
            {
                watch.Started.SetResult();
                await mayFinish.Task;
                await context.Response.WriteAsync("finished");
            }),
            tunnel);
        using HttpClient client = application.CreateClient();
        Task<string> request = client.GetStringAsync(application.Address());
        await watch.Started.Task.WaitAsync(TestApplication.HangGuard);
        Task stopping = application.Application.StopAsync();
        await UntilRefusedAsync(application.EndPoint);
        mayFinish.SetResult();
        Assert.Equal("finished", await request.WaitAsync(TestApplication.HangGuard));
        await stopping.WaitAsync(TestApplication.HangGuard);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_slow_reader_holds_the_application_back(Tunnel tunnel)
    {
        const int Piece = 64 * 1024;
        const int Pieces = 768;

        // What the sockets of both ends may hold, and more.
        const long MostAhead = 24L * 1024 * 1024;
        long written = 0;
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(async context =>
            {
                byte[] piece = new byte[Piece];
                for (int i = 0; i < Pieces; i++)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                    Interlocked.Add(ref written, Piece);
                }
            }),
            tunnel);
        using HttpClient client = application.CreateClient();
        using Stream body = await client.GetStreamAsync(application.Address());
        using CancellationTokenSource guard = new(TestApplication.HangGuard);
        long read = 0;
        long ahead = 0;
        byte[] buffer = new byte[Piece];
        while (await body.ReadAsync(buffer, guard.Token) is > 0 and int count)
        {
            read += count;
            ahead = Math.Max(ahead, Interlocked.Read(ref written) - read);
        }

        Assert.Equal((long)Piece * Pieces, read);
        Assert.InRange(ahead, 0, MostAhead);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task An_application_that_does_not_read_holds_the_client_back(Tunnel tunnel)
    {
        const int Piece = 64 * 1024;
        const int Pieces = 768;
        const long MostAhead = 24L * 1024 * 1024;
        long sent = 0;
        long read = 0;
        long ahead = 0;
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(async context =>
            {
                byte[] buffer = new byte[Piece];
                while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and int count)
                {
                    read += count;
                    ahead = Math.Max(ahead, Interlocked.Read(ref sent) - read);
                }
            }),
            tunnel,
            kestrel: options => options.Limits.MaxRequestBodySize = null);
        await using SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {(long)Piece * Pieces}\r\n\r\n"));
        using CancellationTokenSource guard = new(TestApplication.HangGuard);
        for (int piece = 0; piece < Pieces; piece++)
        {
            await channel.SendAsync(new byte[Piece / 2], guard.Token);
            await channel.SendAsync(new byte[Piece / 2], guard.Token);
            Interlocked.Add(ref sent, Piece);
        }

        byte[] answer = new byte[channel.MaxMessageSize];
        Assert.True(await channel.ReceiveAsync(answer).AsTask().WaitAsync(TestApplication.HangGuard) > 0);
        Assert.Equal((long)Piece * Pieces, read);
        Assert.InRange(ahead, 0, MostAhead);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task An_application_that_fails_its_output_ends_without_a_goodbye(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => { }, tunnel, listen: listen => listen.Run(async connection =>
            {
                await connection.Transport.Output.WriteAsync("half of"u8.ToArray());
                await connection.Transport.Output.CompleteAsync(new InvalidOperationException("It went wrong."));
                await connection.Transport.Input.CompleteAsync(new InvalidOperationException("It went wrong."));
            }));
        await using SecureChannel channel = await application.ConnectAsync();
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(() => ReadToEndAsync(channel));
        Assert.Equal(ChannelError.ConnectionLost, exception.Error);
    }

    private static async Task<string> ReadToEndAsync(SecureChannel channel)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[channel.MaxMessageSize];
        while (await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard) is > 0 and int size)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, size));
        }

        return text.ToString();
    }

    private static async Task UntilRefusedAsync(IPEndPoint endPoint)
    {
        using CancellationTokenSource guard = new(TestApplication.HangGuard);
        while (true)
        {
            guard.Token.ThrowIfCancellationRequested();
            try
            {
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(endPoint, guard.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
