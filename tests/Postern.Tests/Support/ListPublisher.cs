using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Tests.Support;

/// <summary>A publisher of revocation lists of the test root, in memory: what it holds is what a monitor gets. Its clock stands still in June 2026.</summary>
internal sealed class ListPublisher
{
    public static readonly TestAuthority Authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);

    public FakeClock Clock { get; } = FakeClock.At("2026-06-01");

    /// <summary>What is fetched; null fails.</summary>
    public byte[]? Published { get; set; }

    public int FetchCount { get; private set; }

    public static string ServerSerial => Authority.Certificate.SerialNumber;

    public RevocationSource Source => RevocationSource.FromStream("the publisher", _ =>
    {
        FetchCount++;
        return Published is { } bytes ? Task.FromResult<Stream>(new MemoryStream(bytes)) : throw new IOException("Nobody is there.");
    });

    public RevocationMonitorOptions Options => new() { Policy = new VerificationPolicy { Clock = Clock } };

    /// <summary>A list of the test root that is good for a week.</summary>
    public byte[] List(long number, params string[] serials) => List(TestAuthority.For(QstpSuites.DilithiumS1KyberS1).RootKey, number, serials);

    public byte[] List(RootKey key, long number, params string[] serials)
    {
        using (key)
        {
            DateTimeOffset now = Clock.GetUtcNow();
            return key.SignRevocations(
                number, serials.Select(serial => new RevocationEntry(serial, now, RevocationReason.KeyCompromise)), now, now.AddDays(7)).ToBytes();
        }
    }

    public Task<RevocationMonitor> StartAsync(RevocationMonitorOptions? options = null) =>
        RevocationMonitor.StartAsync(Authority.Root, Source, options ?? Options);
}
