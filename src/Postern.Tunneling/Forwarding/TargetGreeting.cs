using System.Net;
using System.Net.Sockets;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>What a target hears first: whose connection it is.</summary>
internal static class TargetGreeting
{
    /// <summary>Sends the header, if there is to be one.</summary>
    /// <param name="target">The connection to the target.</param>
    /// <param name="use">Whose address is told.</param>
    /// <param name="channel">The tunnel.</param>
    /// <param name="source">Whom the client says the stream is for.</param>
    /// <param name="fingerprint">Of the key that the client proved to have inside the tunnel.</param>
    public static async Task SendAsync(Socket target, ProxyHeaderUse use, SecureChannel channel, IPEndPoint? source, string? fingerprint)
    {
        if (use == ProxyHeaderUse.None) return;
        IPEndPoint? remote = channel.RemoteEndPoint as IPEndPoint;
        byte[] header = ProxyHeader.Create(
            use == ProxyHeaderUse.Source ? source ?? remote : remote, channel.LocalEndPoint as IPEndPoint, channel.PeerIdentity?.Fingerprint ?? fingerprint);
        await target.SendAsync(header, SocketFlags.None).ConfigureAwait(false);
    }
}
