using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>
/// Which addresses clients may have listened on: <c>ADDRESS:PORTS</c> with an address of this machine, <c>localhost</c> or <c>*</c> for every one, and a
/// number, <c>9000-9010</c> or <c>*</c>; or <c>unix:/run/app/*</c>.
/// </summary>
public sealed class ListenRules
{
    private const string UnixPrefix = "unix:";

    private readonly TargetRule[] _rules;

    private ListenRules(IEnumerable<string> rules) => _rules = [.. rules.SelectMany(WrittenOut).Select(TargetRule.Parse)];

    /// <summary>Nothing is allowed.</summary>
    public static ListenRules None { get; } = new([]);

    /// <summary>Other machines reach none of the addresses that are allowed: they are loopback addresses and UNIX sockets.</summary>
    public bool AreLoopback => Array.TrueForAll(_rules, rule => rule.IsLoopback);

    /// <summary>Reads rules.</summary>
    /// <exception cref="FormatException">One is not of that form.</exception>
    public static ListenRules Parse(IEnumerable<string> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return new ListenRules(rules);
    }

    /// <summary>The address that a client asks for, as <c>127.0.0.1:9000</c>, <c>localhost:0</c>, <c>*:9000</c> or <c>unix:/path</c>; null if it is none.</summary>
    public static EndPoint? ParseAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal)) return text.Length > UnixPrefix.Length + 1 && text[UnixPrefix.Length] == '/' ? new UnixDomainSocketEndPoint(text[UnixPrefix.Length..]) : null;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue) return null;
        return text[..colon] switch
        {
            "*" => new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port),
            "localhost" => new IPEndPoint(IPAddress.Loopback, port),
            var host when IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) => new IPEndPoint(address, port),
            _ => null,
        };
    }

    /// <summary>Tells whether it may be listened on. A port that the system chooses is allowed where a rule has every port.</summary>
    public bool Allows(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint path => Array.Exists(_rules, rule => rule.AllowsPath(path.ToString())),
        IPEndPoint { Port: 0 } address => Array.Exists(_rules, rule => AllowsAddress(rule, address.Address, 1) && AllowsAddress(rule, address.Address, ushort.MaxValue)),
        IPEndPoint address => Array.Exists(_rules, rule => AllowsAddress(rule, address.Address, address.Port)),
        _ => false,
    };

    private static IEnumerable<string> WrittenOut(string rule)
    {
        if (rule.StartsWith("localhost:", StringComparison.Ordinal)) return ["127.0.0.1" + rule["localhost".Length..]];
        return rule.StartsWith("*:", StringComparison.Ordinal) ? ["0.0.0.0/0" + rule[1..], "[::]/0" + rule[1..]] : [rule];
    }

    private static bool AllowsAddress(TargetRule rule, IPAddress address, int port) =>
        rule.Allows(null, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
}
