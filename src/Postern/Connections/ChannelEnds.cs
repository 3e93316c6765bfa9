using System.Net;
using System.Net.Sockets;
using Postern.Handshakes;

namespace Postern.Connections;

/// <summary>Who and where the two ends of one channel are; its <see cref="ChannelContext"/> is the same for many.</summary>
internal sealed record ChannelEnds
{
    private static long last;

    /// <summary>Of a stream that says nothing of itself, before a handshake.</summary>
    public static ChannelEnds Unknown => new();

    /// <summary>The connection's number in this process, the same from its first packet to its last.</summary>
    public long Id { get; private init; } = Interlocked.Increment(ref last);

    public EndPoint? RemoteEndPoint { get; init; }

    public EndPoint? LocalEndPoint { get; init; }

    /// <summary>Who the handshake proved the peer to be; null for an anonymous client.</summary>
    public PeerIdentity? PeerIdentity { get; init; }

    /// <summary>The serial of the certificate that a QSTP server answered with; null for everything else.</summary>
    public string? LocalName { get; init; }

    /// <summary>Whether the certificate of the handshake may still be used; null where nobody watches it.</summary>
    public IChannelTrust? Trust { get; init; }

    /// <summary>The addresses of a socket.</summary>
    public static ChannelEnds Of(Socket socket) =>
        new() { RemoteEndPoint = TcpConnector.RemoteOf(socket), LocalEndPoint = TcpConnector.LocalOf(socket) };

    /// <summary>With what a finished handshake knows.</summary>
    public ChannelEnds After(Handshake handshake) =>
        this with { PeerIdentity = handshake.PeerIdentity, LocalName = handshake.LocalName, Trust = handshake.Trust };
}
