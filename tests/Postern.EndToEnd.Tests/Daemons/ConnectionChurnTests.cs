using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class ConnectionChurnTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_churn_leaves_no_descriptor_behind(bool multiplex)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This reads /proc.");
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using TunnelProcesses tunnel = await TunnelProcesses.StartAsync(target.EndPoint, multiplex);
        await ChurnAsync(tunnel, 16);
        PosternProcess[] processes = [tunnel.Expose, tunnel.Forward];
        int[] before = new int[processes.Length];
        for (int i = 0; i < before.Length; i++) before[i] = (int)await Until.StillAsync(() => Descriptors.Count(processes[i].Id));
        await ChurnAsync(tunnel, 400);
        for (int i = 0; i < before.Length; i++) await Until.TrueAsync(() => Descriptors.Count(processes[i].Id) <= before[i], $"process {i} has {before[i]} descriptors again");
    }

    private static Task ChurnAsync(TunnelProcesses tunnel, int connections) =>
        Parallel.ForAsync(0, connections, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            if (number % 4 == 3)
            {
                using Socket socket = await Wire.ConnectAsync(tunnel.EndPoint);
                await socket.SendAsync(new byte[100], CancellationToken.None);
                Wire.Reset(socket);
                return;
            }

            byte[] request = Wire.Random(1 + number, number);
            Assert.Equal(request, await Wire.ExchangeAsync(tunnel.EndPoint, request));
        });
}
