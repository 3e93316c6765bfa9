using System.Net;
using System.Net.Sockets;
using Postern.Handshakes;

namespace Postern.Connections;

/// <summary>Who and where the two ends of one channel are; its <see cref="ChannelContext"/> is the same for many.</summary>
internal sealed record ChannelEnds
{
    private static long _last;

    /// <summary>Of a stream that says nothing of itself, before a handshake.</summary>
    public static ChannelEnds Unknown => new();

    /// <summary>The connection's number in this process, the same from its first packet to its last.</summary>
    public long Id { get; private init; } = Interlocked.Increment(ref _last);

    public EndPoint? RemoteEndPoint { get; init; }

    public EndPoint? LocalEndPoint { get; init; }

    /// <summary>Who the handshake proved the peer to be; null for an anonymous client.</summary>
    public PeerIdentity? PeerIdentity { get; init; }

    /// <summary>What a server answered with: the serial of a QSTP certificate, the identity of a QSMP key; null on the dialling side.</summary>
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
