using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>Alone, for it takes most of the descriptors of a usual limit.</summary>
[CollectionDefinition(nameof(ManyConnectionsTests), DisableParallelization = true)]
[Collection(nameof(ManyConnectionsTests))]
public class ManyConnectionsTests
{
    private const int Count = 2000;

    [Fact]
    public async Task Two_thousand_idle_connections_hold_and_still_work()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using Tunnel tunnel = new(target.EndPoint);
        Socket[] clients = new Socket[Count];
        try
        {
            await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
            {
                clients[i] = await Wire.ConnectAsync(tunnel.EndPoint);
                await AssertEchoAsync(clients[i], i);
            });
            Assert.Equal(Count, tunnel.Forwarder.Traffic.Active);
            Assert.Equal(Count, tunnel.Exposer.Traffic.Active);
            await Parallel.ForAsync(0, Count, async (i, _) => await AssertEchoAsync(clients[i], Count - i));
            Assert.Equal(Count, tunnel.Forwarder.Traffic.Active);
            Assert.Equal(0, tunnel.Forwarder.Traffic.Failures);
        }
        finally
        {
            foreach (Socket? client in clients) client?.Dispose();
        }

        await Until.TrueAsync(() => tunnel.Forwarder.Traffic.Active + tunnel.Exposer.Traffic.Active == 0, "all connections end");
        Assert.Equal(0, tunnel.Forwarder.Traffic.Failures + tunnel.Exposer.Traffic.Failures);
    }

    private static async Task AssertEchoAsync(Socket socket, int number)
    {
        byte[] message = BitConverter.GetBytes(number);
        await socket.SendAsync(message);
        Assert.Equal(message, await Wire.ReadAsync(socket, message.Length));
    }
}
