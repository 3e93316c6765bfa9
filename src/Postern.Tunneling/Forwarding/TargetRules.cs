using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>
/// Which targets clients may name. A rule is <c>HOST:PORTS</c>, where HOST is a name, <c>*.example.org</c>, an address, a network
/// (<c>10.0.0.0/8</c>, <c>[2001:db8::]/32</c>) or <c>*</c>, and PORTS a number, <c>80-90</c> or <c>*</c>; or <c>unix:/run/app.sock</c>, or
/// <c>unix:/run/app/*</c> for every socket in that folder.
/// </summary>
/// <remarks>
/// A name that a rule allows only by <c>*</c> never leads to a loopback, link-local or any address: those need a rule that names the address, its network, or the name
/// itself. What is allowed is the addresses found, and those are connected to: the name is not looked up a second time.
/// </remarks>
public sealed class TargetRules
{
    private readonly TargetRule[] _rules;

    private TargetRules(IEnumerable<TargetRule> rules) => _rules = [.. rules];

    /// <summary>Nothing is allowed.</summary>
    public static TargetRules None { get; } = new([]);

    /// <summary>Reads rules.</summary>
    /// <exception cref="FormatException">One is not of that form.</exception>
    public static TargetRules Parse(IEnumerable<string> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return new TargetRules(rules.Select(TargetRule.Parse));
    }

    /// <summary>The addresses of a target that may be connected to, in the order in which they were found; none if it is not allowed.</summary>
    /// <exception cref="SocketException">Its name leads to nothing.</exception>
    public async Task<IReadOnlyList<EndPoint>> AllowedAsync(EndPoint target, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case UnixDomainSocketEndPoint path:
                return Array.Exists(_rules, rule => rule.AllowsPath(path.ToString())) ? [target] : [];
            case IPEndPoint { Address: { } address, Port: { } port }:
                return IsAllowed(null, Plain(address), port) ? [target] : [];
            case DnsEndPoint dns when Array.Exists(_rules, rule => rule.MayAllowName(dns.Host, dns.Port)):
                IPAddress[] found = await Dns.GetHostAddressesAsync(dns.Host, cancellationToken).ConfigureAwait(false);
                return [.. found.Where(candidate => IsAllowed(dns.Host, Plain(candidate), dns.Port)).Select(candidate => new IPEndPoint(candidate, dns.Port))];
            default:
                return [];
        }
    }

    private bool IsAllowed(string? name, IPAddress address, int port) => Array.Exists(_rules, rule => rule.Allows(name, address, port));

    // ::ffff:127.0.0.1 is 127.0.0.1 to the system, and to rules; ::1%1 is ::1.
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
    }
}
