using System.Net;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Both modes over TCP: the handshake, messages both ways, and the ends. (QSMP §2, §3)</summary>
public sealed class QsmpConnectionTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    public static TheoryData<string> Suites => [.. QsmpSuites.All.Select(suite => suite.Name)];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Simplex_clients_and_servers_understand_each_other(string suite)
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(QsmpSuites.FromName(suite));
        await using QsmpSimplexServer server = QsmpSimplexServer.Start(
            AnyPort, new QsmpSimplexServerOptions { Keys = [key] }, TestServer.EchoAsync);
        await using SecureChannel client = await QsmpSimplexClient.ConnectAsync(server.LocalEndPoint, key.GetPublicKey(QsmpMode.Simplex));
        Assert.Equal(key.KeyIdentity, client.PeerIdentity!.Name);
        await AssertEchoAsync(client);
        await client.CompleteAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Duplex_peers_understand_each_other_and_know_who_is_there(string suite)
    {
        using QsmpPrivateKey listenerKey = QsmpPrivateKey.Generate(QsmpSuites.FromName(suite));
        using QsmpPrivateKey senderKey = QsmpPrivateKey.Generate(QsmpSuites.FromName(suite));
        using QsmpPrivateKey otherKey = QsmpPrivateKey.Generate(QsmpSuites.FromName(suite));
        TaskCompletionSource<PeerIdentity?> seen = new();
        await using QsmpDuplexListener listener = QsmpDuplexPeer.Listen(
            AnyPort,
            new QsmpDuplexListenOptions
            {
                Keys = [listenerKey],
                TrustedKeys = TrustedKeys.Of(otherKey.GetPublicKey(QsmpMode.Duplex), senderKey.GetPublicKey(QsmpMode.Duplex)),
            },
            (channel, cancellationToken) =>
            {
                seen.TrySetResult(channel.PeerIdentity);
                return TestServer.EchoAsync(channel, cancellationToken);
            });
        await using SecureChannel sender = await QsmpDuplexPeer.ConnectAsync(
            listener.LocalEndPoint, senderKey, listenerKey.GetPublicKey(QsmpMode.Duplex));
        await AssertEchoAsync(sender);
        Assert.Equal(senderKey.KeyIdentity, (await seen.Task)!.Name);
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        ValueTask<int> answer = sender.ReceiveAsync(new byte[100]);
        await sender.SendAsync("after"u8.ToArray());
        Assert.Equal(5, await answer);
        Assert.Equal(1, sender.RatchetCount);
        await AssertEchoAsync(sender);
        await sender.CompleteAsync();
        Assert.Equal(0, await sender.ReceiveAsync(new byte[1]));
    }

    private static async Task AssertEchoAsync(SecureChannel channel)
    {
        byte[] buffer = new byte[channel.MaxMessageSize];
        byte[] message = new byte[channel.MaxMessageSize];
        new Random(1).NextBytes(message);
        foreach (int size in (int[])[1, 4, 5, 6, 68, 69, 70, 1000, channel.MaxMessageSize])
        {
            await channel.SendAsync(message.AsMemory(0, size));
            Assert.Equal(size, await channel.ReceiveAsync(buffer));
            Assert.Equal(message[..size], buffer[..size]);
        }
    }
}
