using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Addresses on the command line: <c>host:port</c>, <c>[v6]:port</c>, <c>:port</c>, <c>port</c>; the port alone can be left out where one is usual.</summary>
internal static class EndPointArgument
{
    /// <summary>Every address of this machine, of both families where there are two.</summary>
    public static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>Where to listen: an address of this machine.</summary>
    public static Option<IPEndPoint?> Listen(string description, IPAddress defaultAddress, Func<SymbolResult, int?>? usualPort, string name = "--listen") => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        Required = usualPort is null,
        DefaultValueFactory = result => usualPort?.Invoke(result) is { } port ? new IPEndPoint(defaultAddress, port) : null,
        CustomParser = result => Parse(result, text => ParseListen(text, defaultAddress, usualPort?.Invoke(result))),
    };

    /// <summary>An address of this machine, or none.</summary>
    public static Option<IPEndPoint?> Address(string name, string description, IPAddress defaultAddress) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        CustomParser = result => Parse(result, text => ParseListen(text, defaultAddress, null)),
    };

    /// <summary>Where plain connections are accepted: an address of this machine, or a UNIX socket.</summary>
    public static Option<EndPoint?> ListenPlain(string name, string description, IPAddress defaultAddress) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT|unix:PATH",
        CustomParser = result => Parse(result, text => ParseUnix(text) ?? ParseListen(text, defaultAddress, null)),
    };

    /// <summary>Where plain connections are led to: a TCP address, or a UNIX socket.</summary>
    public static Option<EndPoint?> RemotePlain(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT|unix:PATH",
        CustomParser = result => Parse(result, ParsePlain),
    };

    /// <summary>Where to connect to.</summary>
    public static Option<EndPoint?> Remote(string name, string description, Func<SymbolResult, int?>? usualPort) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT",
        Required = true,
        CustomParser = result => Parse(result, text => ParseRemote(text, usualPort?.Invoke(result))),
    };

    /// <summary>Where to connect to, as an argument.</summary>
    public static Argument<EndPoint?> RemoteArgument(string description, Func<SymbolResult, int?>? usualPort) => new("HOST[:PORT]")
    {
        Description = description,
        CustomParser = result => Parse(result, text => ParseRemote(text, usualPort?.Invoke(result))),
    };

    /// <summary>Reads a TCP address or a UNIX socket to connect to.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static EndPoint ParsePlain(string text) => ParseUnix(text) ?? ParseRemote(text, null);

    /// <summary>Reads <c>unix:PATH</c>; null if it is something else.</summary>
    /// <exception cref="FormatException">The path is missing or too long for a socket.</exception>
    public static EndPoint? ParseUnix(string text)
    {
        const string prefix = "unix:";
        if (!text.StartsWith(prefix, StringComparison.Ordinal)) return null;
        try
        {
            return new UnixDomainSocketEndPoint(Path.GetFullPath(text[prefix.Length..]));
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"'{text}' is no UNIX socket: write unix:/run/app.sock, with a path of about a hundred characters at most.", exception);
        }
    }

    /// <summary>Reads an address to connect to; without a host it is this machine.</summary>
    /// <exception cref="FormatException">It is no address to connect to.</exception>
    public static EndPoint ParseRemote(string text, int? defaultPort)
    {
        (string host, int port) = Split(text, defaultPort);
        if (port == 0) throw new FormatException($"'{text}' has port 0; to connect takes 1 to 65535.");
        if (host.Length == 0) host = "localhost";
        return IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
    }

    /// <summary>Reads an address to listen on; * is every address of this machine.</summary>
    /// <exception cref="FormatException">It is no address to listen on.</exception>
    public static IPEndPoint ParseListen(string text, IPAddress defaultAddress, int? defaultPort)
    {
        (string host, int port) = Split(text, defaultPort);
        IPAddress? address = host switch
        {
            "" => defaultAddress,
            "*" => Any,
            "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(host, out IPAddress? parsed) => parsed,
            _ => throw new FormatException($"'{host}' is a name; to listen takes an address of this machine, such as 127.0.0.1 or [::1]."),
        };
        return new IPEndPoint(address, port);
    }

    /// <summary>Reads an option's value; what is wrong with it is the command line's error.</summary>
    public static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
        where T : class
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
            return null;
        }
    }

    private static (string Host, int Port) Split(string text, int? defaultPort)
    {
        (string host, string? port) = SplitText(text);
        if (port is null) return (host, defaultPort ?? throw new FormatException($"'{text}' names no port. Write {Example(host)}."));
        if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= ushort.MaxValue) return (host, number);
        throw new FormatException($"'{port}' in '{text}' is no port: 0 to 65535.");
    }

    private static (string Host, string? Port) SplitText(string text)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit)) return (string.Empty, text);
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !IPAddress.TryParse(text[1..end], out _) || (end + 1 < text.Length && text[end + 1] != ':'))
            {
                throw new FormatException($"'{text}' is no IPv6 address in brackets. Write [2001:db8::1]:443.");
            }

            return (text[1..end], end + 1 < text.Length ? text[(end + 2)..] : null);
        }

        int colon = text.LastIndexOf(':');
        if (colon < 0) return (text, null);
        // Without brackets nobody can tell an IPv6 address's last group from a port.
        if (text.IndexOf(':', StringComparison.Ordinal) == colon) return (text[..colon], text[(colon + 1)..]);
        if (IPAddress.TryParse(text, out _)) return (text, null);
        throw new FormatException($"'{text}' has several colons. Write an IPv6 address in brackets: [2001:db8::1]:443.");
    }

    private static string Example(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:443" : $"{host}:443";
}
