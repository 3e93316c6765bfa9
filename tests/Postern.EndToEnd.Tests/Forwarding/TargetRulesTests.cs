using System.Net;
using System.Net.Sockets;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

public sealed class TargetRulesTests
{
    [Theory]
    [InlineData("10.0.0.0/8:443", "10.1.2.3:443", true)]
    [InlineData("10.0.0.0/8:443", "10.1.2.3:444", false)]
    [InlineData("10.0.0.0/8:443", "11.1.2.3:443", false)]
    [InlineData("10.0.0.0/8:443", "[::ffff:10.1.2.3]:443", true)]
    [InlineData("[2001:db8::]/32:*", "[2001:db8:7::1]:1", true)]
    [InlineData("[2001:db8::]/32:*", "[2001:db9::1]:1", false)]
    [InlineData("[::1]:80", "[::1]:80", true)]
    [InlineData("127.0.0.1:80-90", "127.0.0.1:90", true)]
    [InlineData("127.0.0.1:80-90", "127.0.0.1:91", false)]
    [InlineData("*:80", "192.0.2.1:80", true)]
    [InlineData("*:80", "127.0.0.1:80", false)] // special addresses need a rule of their own
    [InlineData("*:80", "[::1]:80", false)]
    [InlineData("*:80", "[::ffff:127.0.0.1]:80", false)]
    [InlineData("*:80", "[::1%1]:80", false)] // a scope changes nothing
    [InlineData("*:80", "[::%1]:80", false)]
    [InlineData("[::1]:80", "[::1%1]:80", true)]
    [InlineData("*:80", "169.254.169.254:80", false)]
    [InlineData("*:80", "[fd00:ec2::254]:80", false)]
    [InlineData("*:80", "[fd00:ec2::254%1]:80", false)]
    [InlineData("*:80", "[fd20:ce::254]:80", false)]
    [InlineData("*:80", "168.63.129.16:80", false)]
    [InlineData("*:80", "100.100.100.200:80", false)]
    [InlineData("[fd00:ec2::254]:80", "[fd00:ec2::254]:80", true)]
    [InlineData("*:80", "0.0.0.0:80", false)]
    [InlineData("*:80", "[fe80::1]:80", false)]
    [InlineData("*:80", "224.0.0.1:80", false)]
    [InlineData("*.example.org:80", "192.0.2.1:80", false)]
    [InlineData("localhost:80", "127.0.0.1:80", false)]
    public async Task Addresses_are_allowed_by_rule(string rule, string address, bool isAllowed) =>
        Assert.Equal(isAllowed, (await TargetRules.Parse([rule]).AllowedAsync(IPEndPoint.Parse(address), default)).Count == 1);

    [Theory]
    [InlineData("localhost:80", true)]
    [InlineData("LOCALHOST:80", true)]
    [InlineData("127.0.0.0/8:80", true)] // found by looking the name up
    [InlineData("*:80", false)]
    [InlineData("*.localhost:80", false)]
    [InlineData("localhost:81", false)]
    [InlineData("other:80", false)]
    public async Task A_name_leads_to_a_loopback_address_only_by_a_rule_that_says_so(string rule, bool isAllowed)
    {
        IReadOnlyList<EndPoint> found = await TargetRules.Parse([rule]).AllowedAsync(new DnsEndPoint("localhost", 80), default);
        Assert.Equal(isAllowed, found.Count > 0);
        Assert.All(found, endPoint => Assert.True(IPAddress.IsLoopback(Assert.IsType<IPEndPoint>(endPoint).Address)));
    }

    [Theory]
    [InlineData("unix:/run/app/*", "/run/app/a.sock", true)]
    [InlineData("unix:/run/app/*", "/run/app/sub/a.sock", false)]
    [InlineData("unix:/run/app/*", "/run/app/../b.sock", false)]
    [InlineData("unix:/run/app/*", "/run/app//a.sock", false)]
    [InlineData("unix:/run/app.sock", "/run/app.sock", true)]
    [InlineData("unix:/run/app.sock", "/run/app.sock2", false)]
    [InlineData("*:80", "/run/app.sock", false)]
    public async Task Paths_are_allowed_by_rule(string rule, string path, bool isAllowed) =>
        Assert.Equal(isAllowed, (await TargetRules.Parse([rule]).AllowedAsync(new UnixDomainSocketEndPoint(path), default)).Count == 1);

    [Theory]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:90-80")]
    [InlineData("host:1-2-3")]
    [InlineData(":80")]
    [InlineData("ho st:80")]
    [InlineData("a*.example.org:80")]
    [InlineData("2001:db8::1:80")]
    [InlineData("10.0.0.0/33:80")]
    [InlineData("unix:run/app.sock")]
    [InlineData("unix:/run/*/a.sock")]
    public void What_is_no_rule_is_refused_and_named(string rule) =>
        Assert.Contains(rule, Assert.Throws<FormatException>(() => TargetRules.Parse([rule])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1:9000", "127.0.0.1:9000", true)]
    [InlineData("localhost:9000", "localhost:9000", true)]
    [InlineData("127.0.0.1:9000", "127.0.0.1:0", false)]
    [InlineData("127.0.0.1:*", "127.0.0.1:0", true)]
    [InlineData("127.0.0.1:*", "*:9000", false)]
    [InlineData("*:9000", "*:9000", true)]
    [InlineData("*:9000", "127.0.0.1:9000", true)]
    [InlineData("*:9000", "[::1]:9000", true)]
    [InlineData("unix:/run/app/*", "unix:/run/app/x", true)]
    [InlineData("unix:/run/app/*", "unix:/run/x", false)]
    public void Listening_is_allowed_by_rule(string rule, string address, bool isAllowed) =>
        Assert.Equal(isAllowed, ListenRules.Parse([rule]).Allows(ListenRules.ParseAddress(address)!));

    [Theory]
    [InlineData(true)]
    [InlineData(true, "localhost:*", "127.0.0.9:1", "127.0.0.0/8:1", "[::1]:9000", "unix:/run/app/*")]
    [InlineData(false, "localhost:*", "*:9000")]
    [InlineData(false, "0.0.0.0:9000")]
    [InlineData(false, "127.0.0.0/7:9000")]
    [InlineData(false, "[::]/0:9000")]
    [InlineData(false, "name:9000")]
    public void Rules_for_addresses_that_other_machines_reach_are_known(bool areLoopback, params string[] rules) =>
        Assert.Equal(areLoopback, ListenRules.Parse(rules).AreLoopback);

    [Theory]
    [InlineData("tcp:db.example.org:5432", "db.example.org")]
    [InlineData("tcp:[2001:db8::1]:80", "2001:db8::1")]
    [InlineData("unix:/run/a", "/run/a")]
    [InlineData("tcp:192.0.2.1:80", "192.0.2.1")]
    [InlineData("tcp:2001:db8::1:80", null)]
    [InlineData("tcp:host:0", null)]
    [InlineData("tcp:ho/st:80", null)]
    [InlineData("tcp:host", null)]
    [InlineData("unix:relative", null)]
    public void A_targets_text_is_read_and_written(string text, string? contains)
    {
        StreamTarget target = StreamTarget.Parse(text)!;
        Assert.Equal(text, target.ToString());
        if (contains is null) Assert.Null(target.ToEndPoint());
        else Assert.Contains(contains, target.ToEndPoint()!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tcp")]
    [InlineData("tcp:")]
    [InlineData("default:x")]
    [InlineData("Default")]
    [InlineData("http://x")]
    public void What_is_no_target_is_unknown(string text) => Assert.Null(StreamTarget.Parse(text));
}
