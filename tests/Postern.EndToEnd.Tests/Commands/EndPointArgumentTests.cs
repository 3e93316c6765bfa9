using System.Net;
using Postern.Cli.Commands.Tunnels;

namespace Postern.EndToEnd.Tests.Commands;

public class EndPointArgumentTests
{
    [Theory]
    [InlineData("192.0.2.1:80", "192.0.2.1:80")]
    [InlineData("192.0.2.1", "192.0.2.1:32119")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:32119")]
    [InlineData("2001:db8::1", "[2001:db8::1]:32119")]
    public void An_address_is_read(string text, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), EndPointArgument.ParseRemote(text, 32119));

    [Theory]
    [InlineData("example.org:80", "example.org", 80)]
    [InlineData("example.org", "example.org", 32119)]
    [InlineData(":80", "localhost", 80)]
    [InlineData("80", "localhost", 80)]
    public void A_name_is_read(string text, string host, int port) =>
        Assert.Equal(new DnsEndPoint(host, port), EndPointArgument.ParseRemote(text, 32119));

    [Theory]
    [InlineData("8080", "127.0.0.1:8080")]
    [InlineData(":8080", "127.0.0.1:8080")]
    [InlineData("localhost:8080", "127.0.0.1:8080")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    public void An_address_to_listen_on_is_read(string text, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), EndPointArgument.ParseListen(text, IPAddress.Loopback, null));

    [Theory]
    [InlineData("host", "names no port. Write host:443")]
    [InlineData("host:", "is no port")]
    [InlineData("host:65536", "is no port")]
    [InlineData("host:-1", "is no port")]
    [InlineData("host:0", "port 0")]
    [InlineData("1:2:3:80:x", "several colons")]
    [InlineData("[::1:80", "in brackets")]
    [InlineData("[host]:80", "in brackets")]
    [InlineData("[::1]80", "in brackets")]
    public void What_is_no_address_is_explained(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => EndPointArgument.ParseRemote(text, null)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_to_listen_on_is_refused() =>
        Assert.Contains("is a name", Assert.Throws<FormatException>(() => EndPointArgument.ParseListen("example.org:80", IPAddress.Any, null)).Message, StringComparison.Ordinal);
}
