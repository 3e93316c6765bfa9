using System.Net.Sockets;
using Postern.Cli.Bench;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>What passed between two ends of this library: a handshake, messages, ratchets, goodbyes.</summary>
internal static class RecordedTunnel
{
    /// <summary>The packets of a connection, in the order in which they were written.</summary>
    public static Task<IReadOnlyList<RecordedPacket>> OfAsync(string protocol) => protocol switch
    {
        QstpProtocol.Name => RecordAsync(
            stream => QstpClient.AuthenticateAsync(stream, TestKeys.Default.Verified, new QstpClientOptions { AllowClientRatchet = true }),
            stream => QstpServer.AuthenticateAsync(stream, new QstpServerOptions { Identities = [TestKeys.Default.CreateIdentity()] }),
            RatchetKind.Symmetric),
        QsmpProtocol.SimplexName => RecordAsync(
            stream => QsmpSimplexClient.AuthenticateAsync(
                stream, PeerKeys.Bob.Private.GetPublicKey(QsmpMode.Simplex), new QsmpSimplexClientOptions { AllowClientRatchet = true }),
            stream => QsmpSimplexServer.AuthenticateAsync(stream, new QsmpSimplexServerOptions { Keys = [PeerKeys.Bob.Private] }),
            RatchetKind.Symmetric),
        QsmpProtocol.DuplexName => RecordAsync(
            stream => QsmpDuplexPeer.AuthenticateAsSenderAsync(stream, PeerKeys.Alice.Private, PeerKeys.Bob.Public),
            stream => QsmpDuplexPeer.AuthenticateAsListenerAsync(
                stream, new QsmpDuplexListenOptions { Keys = [PeerKeys.Bob.Private], TrustedKeys = TrustedKeys.Of(PeerKeys.Alice.Public) }),
            RatchetKind.Asymmetric),
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };

    private static async Task<IReadOnlyList<RecordedPacket>> RecordAsync(
        Func<Stream, Task<SecureChannel>> connect, Func<Stream, Task<SecureChannel>> accept, RatchetKind ratchet)
    {
        List<RecordedPacket> packets = [];
        using LoopbackSockets sockets = new();
        (NetworkStream clientSocket, NetworkStream serverSocket) = await sockets.ConnectAsync(CancellationToken.None);
        Task<SecureChannel> accepting = accept(new RecordedStream(serverSocket, fromServer: true, packets));
        await using SecureChannel client = await connect(new RecordedStream(clientSocket, fromServer: false, packets)).WaitAsync(Wire.Limit);
        await using SecureChannel server = await accepting.WaitAsync(Wire.Limit);
        Task echo = EchoAsync(server);
        await ExchangeAsync(client, "hello");
        await client.RatchetAsync(ratchet);
        await ExchangeAsync(client, "after the ratchet");
        await client.CompleteAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).AsTask().WaitAsync(Wire.Limit));
        await echo.WaitAsync(Wire.Limit);
        lock (packets) return [.. packets];
    }

    private static async Task ExchangeAsync(SecureChannel client, string message)
    {
        ValueTask<int> answer = client.ReceiveAsync(new byte[100]);
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(message));
        Assert.Equal(message.Length, await answer.AsTask().WaitAsync(Wire.Limit));
    }

    private static async Task EchoAsync(SecureChannel server)
    {
        byte[] buffer = new byte[100];
        while (await server.ReceiveAsync(buffer) is > 0 and int size) await server.SendAsync(buffer.AsMemory(0, size));
        await server.CompleteAsync();
    }
}
