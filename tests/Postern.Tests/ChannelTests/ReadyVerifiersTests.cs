using Postern.Channels;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>How many keys of others a process keeps ready, and which.</summary>
public sealed class ReadyVerifiersTests
{
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.MLDsa44;
    private static readonly byte[] Key = TestKeys.For(QsmpSuites.DilithiumS1KyberS1).InitiatorPublic(QsmpMode.Duplex).VerificationKey.ToArray();

    [Fact]
    public void The_key_that_was_not_used_for_longest_goes_first_and_can_be_made_ready_again()
    {
        ReadyVerifiers verifiers = new(2);
        object[] owners = [new(), new(), new()];
        MessageVerifier first = Take(verifiers, owners[0]);
        MessageVerifier second = Take(verifiers, owners[1]);
        Assert.Same(first, Take(verifiers, owners[0]));
        Take(verifiers, owners[2]);
        Assert.Equal(2, verifiers.Count);
        Assert.Same(first, Take(verifiers, owners[0]));
        Assert.NotSame(second, Take(verifiers, owners[1]));
        Assert.Equal(2, verifiers.Count);
    }

    [Fact]
    public void A_client_of_many_servers_does_not_keep_the_keys_of_all_ready()
    {
        FakeClock clock = FakeClock.At("2026-06-01");
        VerifiedServer[] servers = [.. Enumerable.Range(0, 2 * ReadyVerifiers.MostShared)
            .Select(_ => TestAuthority.For(QstpSuites.DilithiumS1KyberS1).Verified(clock))];
        WeakReference[] verifiers = [.. servers.Select(server => new WeakReference(server.Verifier))];
        Assert.InRange(ReadyVerifiers.Shared.Count, 1, ReadyVerifiers.MostShared);
        GC.Collect();
        Assert.InRange(verifiers.Count(verifier => verifier.IsAlive), 0, ReadyVerifiers.MostShared);
        Assert.NotNull(servers[0].Verifier);
        GC.KeepAlive(servers);
    }

    [Fact]
    public void Threads_that_use_keys_at_once_find_their_own_and_never_more_than_the_limit()
    {
        ReadyVerifiers verifiers = new(3);
        object[] owners = [.. Enumerable.Range(0, 8).Select(_ => new object())];
        Parallel.For(0, 2_000, i => Assert.Same(Algorithm, Take(verifiers, owners[i % 7 * (i % 3) % 8]).Algorithm));
        Assert.Equal(3, verifiers.Count);
    }

    private static MessageVerifier Take(ReadyVerifiers verifiers, object owner) => verifiers.Take(owner, Algorithm, Key);
}
