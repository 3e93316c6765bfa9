using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>Clients whom QSTP leaves anonymous prove inside the tunnel who they are.</summary>
public sealed class ClientProofTests
{
    private static readonly ReconnectPolicy Once = new() { MaxAttempts = 1 };

    [Fact]
    public async Task Whoever_has_a_trusted_key_gets_in()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint, Checking(PeerKeys.Alice), options => options with { Proof = new ClientProof(PeerKeys.Alice.Private) });
        Assert.Equal([1], await Wire.ExchangeAsync(tunnel.Forward().LocalEndPoint, [1]));
    }

    [Fact]
    public async Task Whoever_has_none_gets_nothing()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint, Checking(PeerKeys.Alice));
        Assert.Equal(StreamRefusal.NotAuthenticated, (await Assert.ThrowsAsync<StreamRefusedException>(() => tunnel.Link.OpenAsync(StreamTarget.Default))).Reason);
        Assert.Equal(0, tunnel.Exposer.Traffic.BytesFromChannel);
    }

    [Fact]
    public async Task A_key_that_is_not_trusted_a_forged_one_and_an_expired_one_end_the_tunnel()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await AssertRefusedAsync(target, Checking(PeerKeys.Alice), PeerKeys.Eve.Private);
        await AssertRefusedAsync(target, Checking(PeerKeys.Alice, new StandingClock(TimeProvider.System.GetUtcNow().AddDays(400))), PeerKeys.Alice.Private);

        // Eve calls herself Alice: the identity is hers to choose.
        using Cryptography.SecretBytes secret = PeerKeys.Eve.Private.ToSecretBytes();
        byte[] forged = secret.Span.ToArray();
        int at = forged.AsSpan().IndexOf(PeerKeys.Eve.Private.Identity);
        PeerKeys.Alice.Private.Identity.CopyTo(forged.AsSpan(at));
        using QsmpPrivateKey eve = QsmpPrivateKey.Parse(forged);
        Assert.Equal(PeerKeys.Alice.Private.KeyIdentity, eve.KeyIdentity);
        await AssertRefusedAsync(target, Checking(PeerKeys.Alice), eve);
    }

    [Fact]
    public async Task A_proof_for_another_server_does_not_count()
    {
        // As if another server had been challenged and passed the challenge on to its own client.
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        ExposedStreams streams = new() { Clients = new ClientCheck(TrustedKeys.Of(PeerKeys.Alice.Public), _ => new string('0', 32)) };
        await AssertRefusedAsync(target, streams, PeerKeys.Alice.Private);
    }

    [Fact]
    public async Task A_client_that_only_greets_is_left_and_a_second_attempt_refused()
    {
        await using ChannelPair silent = await ChannelPair.ConnectAsync();
        ExposedStreams streams = new()
        {
            Clients = new ClientCheck(TrustedKeys.Of(PeerKeys.Alice.Public), _ => "server") { Timeout = TimeSpan.FromMilliseconds(200) },
        };
        ExposerOptions options = new() { Target = null, Streams = streams, Listen = _ => throw new NotSupportedException() };
        await using StreamMultiplexer client = StreamMultiplexer.Start(silent.Sender, MultiplexedPair.HoldAsync);
        using ExposedTunnels tunnels = new(options, streams, new RelayTraffic());
        Task serving = tunnels.RunAsync(silent.Receiver, default);
        MultiplexedStream first = await client.OpenAsync("authenticate").WaitAsync(Wire.Limit);
        Assert.Equal(32, await first.ReadAsync(new byte[100]));
        await Assert.ThrowsAsync<StreamRefusedException>(() => client.OpenAsync("authenticate"));
        await serving.WaitAsync(Wire.Limit);
        await Assert.ThrowsAnyAsync<Exception>(() => client.OpenAsync("default"));
        Assert.True(client.IsOver);
    }

    private static ExposedStreams Checking(PeerKeys trusted, TimeProvider? clock = null) =>
        new() { Clients = new ClientCheck(TrustedKeys.Of(trusted.Public), channel => channel.GetStatus().LocalName, clock) };

    private static async Task AssertRefusedAsync(PlainServer target, ExposedStreams streams, QsmpPrivateKey key)
    {
        await using StreamTunnel tunnel = new(target.EndPoint, streams, options => options with { Proof = new ClientProof(key), Reconnect = Once });
        await Assert.ThrowsAsync<ChannelException>(() => tunnel.Link.Completion.WaitAsync(Wire.Limit));
        await Assert.ThrowsAsync<ChannelException>(() => tunnel.Link.OpenAsync(StreamTarget.Default));
        await Until.TrueAsync(() => tunnel.Exposer.Server.GetChannels().Count == 0, "the server ends the tunnel");
    }
}
