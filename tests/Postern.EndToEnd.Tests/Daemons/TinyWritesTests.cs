using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class TinyWritesTests
{
    private const int Size = 3000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tiny_writes_in_both_directions_arrive_in_order_and_half_close_ends_each(bool multiplex)
    {
        byte[] there = Wire.Random(Size, seed: 1);
        byte[] back = Wire.Random(Size, seed: 2);
        TaskCompletionSource<byte[]> arrived = new();
        await using PlainServer target = new(async socket => arrived.SetResult(await TalkAsync(socket, back)));
        await using TunnelProcesses tunnel = await TunnelProcesses.StartAsync(target.EndPoint, multiplex);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        Assert.Equal(back, await TalkAsync(client, there));
        Assert.Equal(there, await arrived.Task.WaitAsync(Wire.Limit));
    }

    private static async Task<byte[]> TalkAsync(Socket socket, byte[] data)
    {
        Task<byte[]> reading = Wire.ReadToEndAsync(socket);
        for (int i = 0; i < data.Length; i++) await socket.SendAsync(data.AsMemory(i, 1));
        socket.Shutdown(SocketShutdown.Send);
        return await reading;
    }
}
