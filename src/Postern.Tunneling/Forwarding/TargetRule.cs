using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>One rule of <see cref="TargetRules"/>.</summary>
internal sealed class TargetRule
{
    private const string UnixPrefix = "unix:";

    // Where clouds hand out credentials and settings to whoever asks from inside, besides link-local addresses: AWS, Google, Azure, Alibaba.
    private static readonly HashSet<IPAddress> CloudServices =
    [
        IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("fd20:ce::254"), IPAddress.Parse("168.63.129.16"), IPAddress.Parse("100.100.100.200"),
    ];

    private string? _path;
    private string? _name;
    private IPNetwork? _network;
    private int _firstPort;
    private int _lastPort;

    private TargetRule()
    {
    }

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It has none of the forms.</exception>
    public static TargetRule Parse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal)) return OfPath(text, text[UnixPrefix.Length..]);
        int colon = text.LastIndexOf(':');
        if (colon <= 0) throw Wrong(text, "names no port; write HOST:PORT or HOST:*");
        (string host, string ports) = (text[..colon], text[(colon + 1)..]);
        TargetRule rule = new();
        (rule._firstPort, rule._lastPort) = ParsePorts(text, ports);
        if (ParseNetwork(host) is { } network) rule._network = network;
        else if (IsName(host)) rule._name = host;
        else throw Wrong(text, "has no host: a name, *.NAME, an address, NETWORK/BITS with IPv6 in brackets, or *");
        return rule;
    }

    /// <summary>It allows nothing but loopback addresses and paths.</summary>
    public bool IsLoopback => _path is not null || (_network is { } network && IPAddress.IsLoopback(network.BaseAddress) && network.PrefixLength >= 8);

    public bool AllowsPath(string path)
    {
        // Only what is written out: no way round by .. or //.
        if (_path is null || Path.GetFullPath(path) != path) return false;
        return _path.EndsWith("/*", StringComparison.Ordinal) ? Path.GetDirectoryName(path) == _path[..^2] : path == _path;
    }

    /// <summary>Whether it is worth looking a name up.</summary>
    public bool MayAllowName(string name, int port) => HasPort(port) && (_network is not null || Matches(name));

    /// <summary>Tells whether an address may be connected to, which was found for a name or was given as it is.</summary>
    public bool Allows(string? name, IPAddress address, int port)
    {
        if (!HasPort(port)) return false;
        if (_network is { } network) return network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
        if (name is not null && string.Equals(_name, name, StringComparison.OrdinalIgnoreCase)) return true;
        return Matches(name) && !IsSpecial(address);
    }

    private static TargetRule OfPath(string text, string path) => path.StartsWith('/') && !path[..^1].Contains('*', StringComparison.Ordinal)
        ? new TargetRule { _path = path }
        : throw Wrong(text, "has no absolute path, with * only as the last part");

    private static (int First, int Last) ParsePorts(string text, string ports)
    {
        if (ports == "*") return (1, ushort.MaxValue);
        string[] parts = ports.Split('-');
        (int first, int last) = (ParsePort(text, parts[0]), ParsePort(text, parts[^1]));
        return parts.Length <= 2 && first <= last ? (first, last) : throw Wrong(text, "has no ports such as 80, 80-90 or *");
    }

    private static int ParsePort(string text, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= ushort.MaxValue
            ? number
            : throw Wrong(text, "has no ports such as 80, 80-90 or *");

    private static IPNetwork? ParseNetwork(string host)
    {
        int end = host.IndexOf(']', StringComparison.Ordinal);
        string plain = host.StartsWith('[') && end > 0 ? host[1..end] + host[(end + 1)..] : host;
        if (host.Contains(':', StringComparison.Ordinal) && ReferenceEquals(plain, host)) return null;
        if (IPAddress.TryParse(plain, out IPAddress? address)) return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return IPNetwork.TryParse(plain, out IPNetwork network) ? network : null;
    }

    private static bool IsName(string host)
    {
        if (host == "*") return true;
        string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return Uri.CheckHostName(name) == UriHostNameType.Dns && !name.Contains('*', StringComparison.Ordinal);
    }

    private bool HasPort(int port) => port >= _firstPort && port <= _lastPort;

    // * is for addresses that are given as they are, too.
    private bool Matches(string? name)
    {
        if (_name is null) return false;
        if (_name == "*") return true;
        if (name is null) return false;
        return _name.StartsWith("*.", StringComparison.Ordinal)
            ? name.EndsWith(_name[1..], StringComparison.OrdinalIgnoreCase) && name.Length >= _name.Length
            : string.Equals(name, _name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSpecial(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || CloudServices.Contains(address)
        || address.Equals(IPAddress.Any)
        || address.Equals(IPAddress.IPv6Any)
        || address.Equals(IPAddress.Broadcast)
        || address.IsIPv6LinkLocal
        || address.IsIPv6Multicast
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [127, ..] or [0, ..] or [169, 254, ..] or [>= 224, ..]);

    private static FormatException Wrong(string text, string what) => new($"The rule '{text}' {what}.");
}
