using System.Net;
using System.Net.Sockets;
using Postern.Qsmp;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Two DUPLEX peers connected over loopback.</summary>
internal sealed class ChannelPair : IAsyncDisposable
{
    private ChannelPair(SecureChannel sender, SecureChannel receiver)
    {
        Sender = sender;
        Receiver = receiver;
    }

    public SecureChannel Sender { get; }

    public SecureChannel Receiver { get; }

    public static async Task<ChannelPair> ConnectAsync()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Task<Socket> accepting = listener.AcceptAsync();
        Socket client = await Wire.ConnectAsync(listener.LocalEndPoint!);
        Socket server = await accepting.WaitAsync(Wire.Limit);
        Task<SecureChannel> receiver = QsmpDuplexPeer.AuthenticateAsListenerAsync(
            new NetworkStream(server, ownsSocket: true),
            new QsmpDuplexListenOptions { Keys = [PeerKeys.Bob.Private], TrustedKeys = TrustedKeys.Of(PeerKeys.Alice.Public) });
        SecureChannel sender = await QsmpDuplexPeer.AuthenticateAsSenderAsync(
            new NetworkStream(client, ownsSocket: true), PeerKeys.Alice.Private, PeerKeys.Bob.Public).WaitAsync(Wire.Limit);
        return new ChannelPair(sender, await receiver.WaitAsync(Wire.Limit));
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.AbortAsync();
        await Receiver.AbortAsync();
    }
}
