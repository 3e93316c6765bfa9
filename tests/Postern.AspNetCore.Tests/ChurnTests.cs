using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Postern.AspNetCore.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>Many short connections that end in every way leave nothing behind.</summary>
[Collection(nameof(ChurnTests))]
[CollectionDefinition(nameof(ChurnTests), DisableParallelization = true)]
public sealed class ChurnTests
{
    private const int Rounds = 500;

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Short_connections_leave_no_exception_unobserved(Tunnel tunnel)
    {
        ConcurrentQueue<Exception> unobserved = new();
        void Watch(object? sender, UnobservedTaskExceptionEventArgs arguments) => unobserved.Enqueue(arguments.Exception);
        TaskScheduler.UnobservedTaskException += Watch;
        try
        {
            await using (TestApplication application = await TestApplication.StartAsync(
                app => app.Run(context => context.Response.WriteAsync("hello")), tunnel))
            {
                await Parallel.ForAsync(0, Rounds, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (round, _) => await ConnectAsync(application, round));
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Watch;
        }

        Assert.Empty(unobserved);
    }

    private static async Task ConnectAsync(TestApplication application, int round)
    {
        (SecureChannel channel, Socket socket) = await application.ConnectOverSocketAsync();
        using Socket kept = socket;
        await channel.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
        if (round % 4 == 0)
        {
            await channel.AbortAsync();
            return;
        }

        byte[] buffer = new byte[channel.MaxMessageSize];
        Assert.True(await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard) > 0);
        if (round % 4 == 1) await channel.CloseAsync();
        else if (round % 4 == 2) await socket.SendAsync(new byte[30]);
        else await channel.CompleteAsync();
        await channel.AbortAsync();
    }
}
