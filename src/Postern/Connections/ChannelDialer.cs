using System.Net;
using System.Net.Sockets;
using Postern.Channels;
using Postern.Handshakes;
using Postern.Telemetry;

namespace Postern.Connections;

/// <summary>Runs a handshake over a new connection or a given stream. The same for every protocol; what differs is the handshake.</summary>
internal static class ChannelDialer
{
    /// <summary>Connects over TCP (IPv4 or IPv6, whichever answers) and runs the initiator's side.</summary>
    /// <exception cref="ChannelException">The connection or the handshake failed.</exception>
    public static async Task<SecureChannel> ConnectAsync(
        EndPoint endPoint, Func<Handshake> createHandshake, ChannelContext context, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Socket socket = await TcpConnector.ConnectAsync(endPoint, timeout, cancellationToken).ConfigureAwait(false);
        ChannelEnds ends = ChannelEnds.Of(socket);
        TcpStream stream = new(socket);
        return await AuthenticateAsync(stream, createHandshake, context, ends, gate: null, timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs either side over a stream, which the channel then owns; if the handshake fails the stream is disposed of.</summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsync(
        Stream stream, Func<Handshake> createHandshake, ChannelContext context, TimeSpan timeout, CancellationToken cancellationToken) =>
        AuthenticateAsync(stream, createHandshake, context, ChannelEnds.Unknown, gate: null, timeout, cancellationToken);

    /// <summary>As the other one, of ends that are known; for a listener of many what computes keys and signatures waits its turn.</summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static async Task<SecureChannel> AuthenticateAsync(
        Stream stream,
        Func<Handshake> createHandshake,
        ChannelContext context,
        ChannelEnds ends,
        HandshakeGate.Place? gate,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PacketTransport transport = new(stream);
        try
        {
            using Handshake handshake = createHandshake();
            ChannelKeys keys = await MeasuredHandshake.RunAsync(
                handshake, transport, gate, timeout, context, cancellationToken).ConfigureAwait(false);
            SecureChannel channel = new(keys, transport, context, ends.After(handshake));
            channel.Ends.Trust?.Watch(channel);
            await EndUnlessTrustedAsync(channel, cancellationToken).ConfigureAwait(false);
            return channel;
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends a new channel whose certificate was refused while the handshake ran.</summary>
    /// <exception cref="ChannelException">It was.</exception>
    public static async ValueTask EndUnlessTrustedAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        if (channel.Ends.Trust?.Refusal is not { } reason) return;
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(channel.Context.CloseTimeout);
        await channel.EndAsync(reason, deadline.Token).ConfigureAwait(false);
        throw reason;
    }
}
