using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class IdleReaperTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_idle_reaper_cuts_a_quiet_connection_and_leaves_a_busy_one(bool multiplex)
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using TunnelProcesses tunnel = await TunnelProcesses.StartAsync(target.EndPoint, multiplex, "--idle-timeout", "4");
        using Socket busy = await Wire.ConnectAsync(tunnel.EndPoint);
        using Socket quiet = await Wire.ConnectAsync(tunnel.EndPoint);
        await Wire.EchoAsync(quiet);
        Task cut = Wire.AssertResetAsync(quiet);
        while (!cut.IsCompleted) await Wire.EchoAsync(busy);
        await cut;
        await Wire.EchoAsync(busy);
        await tunnel.Forward.SaysAsync("Nothing was sent or received for 4 s.", 1);
    }
}
