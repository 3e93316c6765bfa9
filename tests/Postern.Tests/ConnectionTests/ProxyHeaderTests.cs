using System.Net;
using Postern.Connections;

namespace Postern.Tests.ConnectionTests;

/// <summary>PROXY protocol, version 2: bytes as haproxy's proxy-protocol.txt has them.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("2111000C" + "C0000207" + "CB007101" + "1234" + "01BB", "192.0.2.7:4660")]
    [InlineData("21210024" + "20010DB8000000000000000000000007" + "20010DB8000000000000000000000001" + "1234" + "01BB", "[2001:db8::7]:4660")]
    [InlineData("21110013" + "C0000207" + "CB007101" + "1234" + "01BB" + "04000401020304", "192.0.2.7:4660")] // further fields
    [InlineData("20000000", null)] // the balancer's own connection
    [InlineData("2011000C" + "C0000207" + "CB007101" + "1234" + "01BB", null)]
    [InlineData("21000000", null)]
    [InlineData("21310000", null)]
    public async Task A_header_is_read(string hex, string? source)
    {
        using MemoryStream stream = new([.. Convert.FromHexString(Signature + hex), 0x77]);
        Assert.Equal(source, (await ProxyHeader.ReadAsync(stream, default))?.ToString());
        Assert.Equal(0x77, stream.ReadByte());
    }

    [Theory]
    [InlineData("0D0A0D0A000D0A515549540B" + "20000000")]
    [InlineData("50524F58592054435034203139322E30")] // version 1, in text
    [InlineData(Signature + "10000000")]
    [InlineData(Signature + "22000000")]
    [InlineData(Signature + "2111000B" + "C0000207CB007101123401")]
    [InlineData(Signature + "21210023" + "20010DB800000000000000000000000720010DB8000000000000000000000001123401")]
    [InlineData(Signature + "21110801")]
    public async Task What_is_no_header_is_refused(string hex)
    {
        using MemoryStream stream = new(Convert.FromHexString(hex));
        await Assert.ThrowsAsync<FormatException>(() => ProxyHeader.ReadAsync(stream, default));
    }

    [Theory]
    [InlineData("192.0.2.7:1", "203.0.113.1:2", "192.0.2.7:1", 28)]
    [InlineData("[::ffff:192.0.2.7]:1", "203.0.113.1:2", "192.0.2.7:1", 28)]
    [InlineData("192.0.2.7:1", "[2001:db8::1]:2", "[::ffff:192.0.2.7]:1", 52)]
    [InlineData("[2001:db8::7]:1", "[2001:db8::1]:2", "[2001:db8::7]:1", 52)]
    public async Task What_is_written_is_read(string source, string destination, string expected, int size)
    {
        byte[] header = ProxyHeader.Create(IPEndPoint.Parse(source), IPEndPoint.Parse(destination), null);
        Assert.Equal(size, header.Length);
        Assert.Equal(expected, (await ProxyHeader.ReadAsync(new MemoryStream(header), default))?.ToString());
    }

    [Fact]
    public async Task A_fingerprint_is_a_field_of_its_own_and_an_unknown_source_says_nothing()
    {
        byte[] header = ProxyHeader.Create(null, IPEndPoint.Parse("192.0.2.1:1"), "ABCD");
        Assert.Equal(Signature + "21000007" + "E00004" + "41424344", Convert.ToHexString(header));
        Assert.Null(await ProxyHeader.ReadAsync(new MemoryStream(header), default));
    }
}
