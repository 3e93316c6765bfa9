using System.Globalization;
using System.Net;

namespace Postern.Tunneling;

/// <summary>Where a stream leads, as its opening says it. (docs/wire-extensions.md, streams in one tunnel)</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Value">Address, path or number, as text; empty where the kind says everything.</param>
public sealed record StreamTarget(StreamTargetKind Kind, string Value)
{
    private static readonly (StreamTargetKind Kind, string Name)[] Names =
    [
        (StreamTargetKind.Default, "default"),
        (StreamTargetKind.Tcp, "tcp"),
        (StreamTargetKind.Unix, "unix"),
        (StreamTargetKind.Listen, "listen"),
        (StreamTargetKind.Accepted, "accepted"),
        (StreamTargetKind.Authenticate, "authenticate"),
    ];

    /// <summary>Where the server leads to by itself.</summary>
    public static StreamTarget Default { get; } = new(StreamTargetKind.Default, string.Empty);

    /// <summary>A signature proves the client.</summary>
    public static StreamTarget Authenticate { get; } = new(StreamTargetKind.Authenticate, string.Empty);

    /// <summary>An <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, to connect to.</summary>
    public static StreamTarget To(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => new StreamTarget(StreamTargetKind.Tcp, string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}")),
        IPEndPoint address => new StreamTarget(StreamTargetKind.Tcp, address.ToString()),
        System.Net.Sockets.UnixDomainSocketEndPoint path => new StreamTarget(StreamTargetKind.Unix, path.ToString()),
        _ => throw new ArgumentException($"{endPoint} is no address of a stream's target.", nameof(endPoint)),
    };

    /// <summary>An address that the server is to listen on.</summary>
    public static StreamTarget Listen(string address) => new(StreamTargetKind.Listen, address);

    /// <summary>A connection of a stream that listens.</summary>
    internal static StreamTarget Accepted(uint stream) => new(StreamTargetKind.Accepted, stream.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads the text of an opening; null if its form is unknown.</summary>
    public static StreamTarget? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        foreach ((StreamTargetKind kind, string known) in Names)
        {
            if (name != known) continue;
            string value = colon < 0 ? string.Empty : text[(colon + 1)..];
            bool needsValue = kind is not (StreamTargetKind.Default or StreamTargetKind.Authenticate);
            return needsValue == (value.Length > 0) ? new StreamTarget(kind, value) : null;
        }

        return null;
    }

    /// <summary>The address to connect to.</summary>
    /// <returns>Null if this is none.</returns>
    public EndPoint? ToEndPoint() => Kind switch
    {
        StreamTargetKind.Tcp => ParseTcp(Value),
        StreamTargetKind.Unix when Value.StartsWith('/') => new System.Net.Sockets.UnixDomainSocketEndPoint(Value),
        _ => null,
    };

    /// <summary>As on the wire: <c>tcp:db.example.org:5432</c>.</summary>
    public override string ToString()
    {
        string name = Array.Find(Names, pair => pair.Kind == Kind).Name;
        return Value.Length == 0 ? name : $"{name}:{Value}";
    }

    private static EndPoint? ParseTcp(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is 0 or > ushort.MaxValue) return null;
        string host = text[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (IPAddress.TryParse(isBracketed ? host[1..^1] : host, out IPAddress? address))
        {
            return isBracketed == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) ? new IPEndPoint(address, port) : null;
        }

        return Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port) : null;
    }
}
