using System.Net;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Every set of both protocols over TCP: the handshake, messages both ways, ratchets, and the ends. (QSTP §2, QSMP §1.6)</summary>
public sealed class EverySetTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly ConnectionLimits Limits = new() { HandshakeTimeout = TestServer.HangGuard };

    public static IEnumerable<TheoryDataRow<string>> OfQstp => Rows(QstpSuites.All);

    public static IEnumerable<TheoryDataRow<string>> OfQsmp => Rows(QsmpSuites.All);

    [Fact]
    public void Each_protocol_has_the_fourteen_sets_of_its_table()
    {
        Assert.Equal(Enumerable.Range(1, 14), QstpSuites.All.Select(suite => (int)suite.Id));
        Assert.Equal(14, QsmpSuites.All.DistinctBy(suite => suite.Name, StringComparer.Ordinal).Count());
        Assert.Equal(
            QstpSuites.All.Select(suite => (suite.Signature, suite.Kem, suite.SecurityLevel)),
            QsmpSuites.All.Select(suite => (suite.Signature, suite.Kem, suite.SecurityLevel)));
    }

    [Theory]
    [MemberData(nameof(OfQstp))]
    public async Task Qstp_clients_and_servers_understand_each_other(string name)
    {
        Suite suite = QstpSuites.FromName(name)!;
        await using TestServer server = TestServer.StartEcho(suites: suite);
        await using SecureChannel client = await QstpClient.ConnectAsync(
            new IPEndPoint(IPAddress.Loopback, server.Port),
            TestAuthority.For(suite).Verified(TestServer.ClientOptions.TimeProvider),
            TestServer.ClientOptions with { AllowClientRatchet = true });
        Assert.Same(suite, client.Suite);
        await AssertServesAsync(client);
    }

    [Theory]
    [MemberData(nameof(OfQsmp))]
    public async Task Simplex_clients_and_servers_understand_each_other(string name)
    {
        Suite suite = QsmpSuites.FromName(name)!;
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(suite);
        await using QsmpSimplexServer server = QsmpSimplexServer.Start(
            AnyPort, new QsmpSimplexServerOptions { Keys = [key], Limits = Limits }, TestServer.EchoAsync);
        await using SecureChannel client = await QsmpSimplexClient.ConnectAsync(
            server.LocalEndPoint,
            key.GetPublicKey(QsmpMode.Simplex),
            new QsmpSimplexClientOptions { AllowClientRatchet = true, HandshakeTimeout = TestServer.HangGuard });
        Assert.Equal((suite, key.KeyIdentity), (client.Suite, client.PeerIdentity!.Name));
        await AssertServesAsync(client);
    }

    [Theory]
    [MemberData(nameof(OfQsmp))]
    public async Task Duplex_peers_understand_each_other_and_know_who_is_there(string name)
    {
        Suite suite = QsmpSuites.FromName(name)!;
        using QsmpPrivateKey listenerKey = QsmpPrivateKey.Generate(suite);
        using QsmpPrivateKey senderKey = QsmpPrivateKey.Generate(suite);
        using QsmpPrivateKey otherKey = QsmpPrivateKey.Generate(suite);
        TaskCompletionSource<PeerIdentity?> seen = new();
        await using QsmpDuplexListener listener = QsmpDuplexPeer.Listen(
            AnyPort,
            new QsmpDuplexListenOptions
            {
                Keys = [listenerKey],
                TrustedKeys = TrustedKeys.Of(otherKey.GetPublicKey(QsmpMode.Duplex), senderKey.GetPublicKey(QsmpMode.Duplex)),
                Limits = Limits,
            },
            (channel, cancellationToken) =>
            {
                seen.TrySetResult(channel.PeerIdentity);
                return TestServer.EchoAsync(channel, cancellationToken);
            });
        await using SecureChannel sender = await QsmpDuplexPeer.ConnectAsync(
            listener.LocalEndPoint,
            senderKey,
            listenerKey.GetPublicKey(QsmpMode.Duplex),
            new QsmpDuplexConnectOptions { HandshakeTimeout = TestServer.HangGuard });
        Assert.Equal((suite, listenerKey.KeyIdentity), (sender.Suite, sender.PeerIdentity!.Name));
        await AssertAsymmetricRatchetAsync(sender);
        Assert.Equal(senderKey.KeyIdentity, (await seen.Task)!.Name);
        await AssertServesAsync(sender);
    }

    // A row a set. SLH-DSA signs slowly.
    private static IEnumerable<TheoryDataRow<string>> Rows(IReadOnlyList<Suite> suites) => suites.Select(suite =>
    {
        TheoryDataRow<string> row = new(suite.Name);
        return suite.Name.StartsWith("sphincs", StringComparison.Ordinal) ? row.WithTrait("Speed", "Slow") : row;
    });

    // The keys of the first four sets fit into a packet. (QSMP §1.6, the table)
    private static async Task AssertAsymmetricRatchetAsync(SecureChannel sender)
    {
        if (sender.Suite.Id > QsmpSuites.DilithiumS5KyberS6.Id)
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => sender.RatchetAsync(RatchetKind.Asymmetric).AsTask());
            await AssertEchoAsync(sender);
            Assert.Equal(0, sender.RatchetCount);
            return;
        }

        await AssertEchoAsync(sender);
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        ValueTask<int> answer = sender.ReceiveAsync(new byte[100]);
        await sender.SendAsync("after"u8.ToArray());
        Assert.Equal(5, await answer);
        Assert.Equal(1, sender.RatchetCount);
    }

    // Messages, a symmetric ratchet, messages, and the end from the client's side.
    private static async Task AssertServesAsync(SecureChannel client)
    {
        long ratchets = client.RatchetCount;
        await AssertEchoAsync(client);
        await client.RatchetAsync();
        await AssertEchoAsync(client);
        Assert.Equal(ratchets + 1, client.RatchetCount);
        await client.CompleteAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
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
