using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>SOCKS5 (RFC 1928) in front of a tunnel of many streams.</summary>
public sealed class Socks5Tests : IAsyncLifetime
{
    private static readonly byte[] Greeting = [5, 2, 1, 0];

    private readonly PlainServer _target = new(PlainServer.EchoAtEndAsync);
    private StreamTunnel _tunnel = null!;
    private Forwarder _socks = null!;

    public ValueTask InitializeAsync()
    {
        _tunnel = new StreamTunnel(null, new ExposedStreams { Targets = TargetRules.Parse([$"localhost:{_target.EndPoint.Port}", $"127.0.0.1:{_target.EndPoint.Port}"]) });
        _socks = _tunnel.Forward(ForwardingPath.Socks5(_tunnel.Link));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _tunnel.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task Names_and_addresses_are_led_to_by_the_server()
    {
        byte[] name = [3, 9, .. "localhost"u8];
        byte[] address = [1, 127, 0, 0, 1];
        foreach (byte[] host in (byte[][])[name, address])
        {
            using Socket client = await GreetAsync();
            await client.SendAsync(Request(host, _target.EndPoint.Port));
            Assert.Equal((byte[])[5, 0, 0, 1, 0, 0, 0, 0, 0, 0], await Wire.ReadAsync(client, 10));
            await client.SendAsync("through"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("through", Encoding.ASCII.GetString(await Wire.ReadToEndAsync(client)));
        }
    }

    [Fact]
    public async Task What_the_rules_forbid_and_what_does_not_answer_is_told()
    {
        using Socket forbidden = await GreetAsync();
        await forbidden.SendAsync(Request([1, 192, 0, 2, 1], 80));
        Assert.Equal(2, (await Wire.ReadAsync(forbidden, 10))[1]);
        await _target.DisposeAsync();
        using Socket gone = await GreetAsync();
        await gone.SendAsync(Request([1, 127, 0, 0, 1], _target.EndPoint.Port));
        Assert.Equal(4, (await Wire.ReadAsync(gone, 10))[1]);
    }

    [Theory]
    [InlineData("05020001" + "0001017F00000100", 7)] // BIND
    [InlineData("0500030001", 7)]
    public async Task Only_connect_is_known(string hex, int code)
    {
        using Socket client = await GreetAsync();
        byte[] request = [5, .. Convert.FromHexString(hex).AsSpan(1)];
        request[1] = 2;
        await client.SendAsync(request);
        Assert.Equal(code, (await Wire.ReadAsync(client, 10))[1]);
    }

    [Fact]
    public async Task An_address_that_is_none_and_a_kind_that_is_unknown_are_refused()
    {
        using Socket odd = await GreetAsync();
        await odd.SendAsync(Request([3, 4, .. "a/b "u8], 80));
        Assert.Equal(8, (await Wire.ReadAsync(odd, 10))[1]);
        using Socket unknown = await GreetAsync();
        await unknown.SendAsync(Request([9], 80));
        Assert.Equal(8, (await Wire.ReadAsync(unknown, 10))[1]);
    }

    [Fact]
    public async Task Whoever_insists_on_a_password_or_speaks_something_else_is_left()
    {
        using Socket password = await Wire.ConnectAsync(_socks.LocalEndPoint);
        await password.SendAsync((byte[])[5, 1, 2]);
        Assert.Equal((byte[])[5, 0xFF], await Wire.ReadAsync(password, 2));
        using Socket other = await Wire.ConnectAsync(_socks.LocalEndPoint);
        await other.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await Wire.AssertResetAsync(other);
    }

    private static byte[] Request(byte[] host, int port) => [5, 1, 0, .. host, (byte)(port >> 8), (byte)(port & 0xFF)];

    private async Task<Socket> GreetAsync()
    {
        Socket client = await Wire.ConnectAsync(_socks.LocalEndPoint);
        await client.SendAsync(Greeting);
        Assert.Equal((byte[])[5, 0], await Wire.ReadAsync(client, 2));
        return client;
    }
}
