using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Postern.Tunneling;

/// <summary>What an exposer makes reachable, and how.</summary>
public sealed record ExposerOptions
{
    /// <summary>
    /// Where each tunnel leads to: an <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> or a UNIX socket. In tunnels of many streams what a stream leads to that names
    /// nothing else; null for nothing, which only those can have.
    /// </summary>
    public required EndPoint? Target { get; init; }

    /// <summary>Tunnels carry many streams, and what their clients may do in them; null if each tunnel is one connection.</summary>
    public ExposedStreams? Streams { get; init; }

    /// <summary>
    /// Starts the server that accepts the tunnels, with the handler it is given: of any protocol. Give its
    /// <see cref="ChannelOptions.PacketTolerance"/> room for readers that stand still.
    /// </summary>
    public required Func<ChannelHandler, ChannelServer> Listen
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Whether targets are told by a header of the PROXY protocol, version 2, who is at the other end. They must expect it. Default none.</summary>
    public ProxyHeaderUse ProxyHeader
    {
        get;
        init => field = OptionCheck.Defined(value);
    }

    /// <summary>Longest time for connecting to the target. Default 10 s; 10 ms to 31 days.</summary>
    public TimeSpan TargetTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>Where connections are logged. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
