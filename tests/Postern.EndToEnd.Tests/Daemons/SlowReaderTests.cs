using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class SlowReaderTests
{
    private const long Total = 128L << 20;

    /// <summary>What windows and the sockets' buffers of all hops take together, at most.</summary>
    private const long Bound = 64L << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_reader_holds_up_no_other_and_what_waits_for_it_is_bounded(bool multiplex)
    {
        long sent = 0;
        await using PlainServer target = new(async socket =>
        {
            if ((await Wire.ReadAsync(socket, 1))[0] == 0)
            {
                await PlainServer.EchoAsync(socket);
                return;
            }

            byte[] chunk = new byte[64 * 1024];
            while (Volatile.Read(ref sent) < Total) Interlocked.Add(ref sent, await socket.SendAsync(chunk));
            socket.Shutdown(SocketShutdown.Send);
        });
        await using TunnelProcesses tunnel = await TunnelProcesses.StartAsync(target.EndPoint, multiplex);
        using Socket slow = await Wire.ConnectAsync(tunnel.EndPoint);
        await slow.SendAsync(new byte[] { 1 });
        await Wire.ReadAsync(slow, 1);
        long waiting = await Until.StillAsync(() => Volatile.Read(ref sent));
        Assert.InRange(waiting, 1, Bound);

        byte[] request = Wire.Random(8 << 20);
        Assert.Equal(request, await Wire.ExchangeAsync(tunnel.EndPoint, [0, .. request]));
        Assert.InRange(Volatile.Read(ref sent), waiting, Bound);

        long received = 1;
        byte[] buffer = new byte[256 * 1024];
        while (await slow.ReceiveAsync(buffer).WaitAsync(Wire.Limit) is > 0 and int size) received += size;
        Assert.Equal(Volatile.Read(ref sent), received);
    }
}
