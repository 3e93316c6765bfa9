using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class BackendFlappingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backend_flapping_cuts_connections_clearly_and_they_work_again_when_it_is_back(bool multiplex)
    {
        await using FlappingServer backend = new();
        await using TunnelProcesses tunnel = await TunnelProcesses.StartAsync(backend.EndPoint, multiplex);
        for (int round = 0; round < 4; round++)
        {
            byte[] request = Wire.Random(100_000, round);
            Assert.Equal(request, await Wire.ExchangeAsync(tunnel.EndPoint, request));
            using Socket open = await Wire.ConnectAsync(tunnel.EndPoint);
            await open.SendAsync(new byte[1000]);
            await Wire.ReadAsync(open, 1000);

            await backend.GoAsync();
            await Wire.AssertResetAsync(open);
            for (int i = 0; i < 3; i++) await Wire.AssertResetAsync(tunnel.EndPoint);
            backend.ComeBack();
        }

        byte[] last = Wire.Random(1000);
        Assert.Equal(last, await Wire.ExchangeAsync(tunnel.EndPoint, last));
        Assert.DoesNotContain("The tunnel of", tunnel.Expose.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("No tunnel", tunnel.Forward.Errors, StringComparison.Ordinal);
    }
}
