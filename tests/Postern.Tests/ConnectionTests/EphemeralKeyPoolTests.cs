using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Keys that are made ahead.</summary>
public sealed class EphemeralKeyPoolTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private static KemAlgorithm Kem => KemAlgorithm.McEliece348864;

    [Fact]
    public async Task Every_key_is_given_out_once_and_works_and_the_pool_fills_up_again()
    {
        using EphemeralKeyPool pool = new([Kem], 2, TimeProvider.System);
        await TestServer.UntilAsync(() => pool.CountOf(Kem) == 2);
        HashSet<string> seen = [];
        byte[] publicKey = new byte[Kem.PublicKeySize];
        for (int i = 0; i < 4; i++)
        {
            using SecretBytes secretKey = pool.Take(Kem, RandomSource.System, publicKey);
            Assert.True(seen.Add(Convert.ToHexString(publicKey.AsSpan(0, 64))));
            byte[] ciphertext = new byte[Kem.CiphertextSize];
            byte[] secret = new byte[Kem.SharedSecretSize];
            byte[] opened = new byte[Kem.SharedSecretSize];
            Assert.True(Kem.TryEncapsulate(publicKey, ciphertext, secret));
            Assert.True(Kem.Decapsulate(secretKey.Span, ciphertext, opened));
            Assert.Equal(secret, opened);
        }

        await TestServer.UntilAsync(() => pool.CountOf(Kem) == 2);
    }

    [Fact]
    public async Task A_key_that_waited_too_long_is_not_given_out()
    {
        ManualClock clock = new();
        using EphemeralKeyPool pool = new([Kem], 2, clock);
        await TestServer.UntilAsync(() => pool.CountOf(Kem) == 2);
        byte[] expected = new byte[Kem.PublicKeySize];
        using SecretBytes fresh = EphemeralKeys.Fresh.Take(Kem, new SeededRandom(1), expected);
        byte[] publicKey = new byte[Kem.PublicKeySize];
        clock.Advance(EphemeralKeyPool.MaxAge);
        using SecretBytes prepared = pool.Take(Kem, new SeededRandom(1), publicKey);
        Assert.NotEqual(expected, publicKey);
        await TestServer.UntilAsync(() => pool.CountOf(Kem) == 2);
        clock.Advance(EphemeralKeyPool.MaxAge + TimeSpan.FromSeconds(1));
        using SecretBytes made = pool.Take(Kem, new SeededRandom(1), publicKey);
        Assert.Equal(expected, publicKey);
        await TestServer.UntilAsync(() => pool.CountOf(Kem) == 2);
    }

    [Fact]
    public void An_algorithm_that_was_not_announced_gets_a_fresh_key()
    {
        using EphemeralKeyPool pool = new([], 2, TimeProvider.System);
        byte[] publicKey = new byte[KemAlgorithm.MLKem512.PublicKeySize];
        using SecretBytes secretKey = pool.Take(KemAlgorithm.MLKem512, RandomSource.System, publicKey);
        Assert.Equal(KemAlgorithm.MLKem512.SecretKeySize, secretKey.Size);
    }

    [Fact]
    public async Task A_server_takes_its_keys_from_the_pool_and_disposes_of_it()
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS1McElieceS1);
        QsmpSimplexServerOptions options = new() { Keys = [key], PreparedKeys = 1 };
        QsmpSimplexServer server = QsmpSimplexServer.Start(new IPEndPoint(IPAddress.Loopback, 0), options, TestServer.EchoAsync);
        for (int i = 0; i < 3; i++)
        {
            await using SecureChannel client = await QsmpSimplexClient.ConnectAsync(server.LocalEndPoint, key.GetPublicKey(QsmpMode.Simplex));
            await client.SendAsync("hello"u8.ToArray());
            Assert.Equal(5, await client.ReceiveAsync(new byte[16]));
            await client.CloseAsync();
        }

        await server.DisposeAsync().AsTask().WaitAsync(HangGuard);
    }

    [Fact]
    public void Small_keys_are_never_made_ahead()
    {
        QsmpSimplexServerOptions options = new() { Keys = [TestKeys.For(QsmpSuites.DilithiumS1KyberS1).Responder] };
        Assert.Null(options.CreateKeyPool(QsmpSuites.All.Where(suite => suite.Kem.PublicKeySize < 64 * 1024)));
        Assert.Null((options with { PreparedKeys = 0 }).CreateKeyPool(QsmpSuites.All));
    }
}
