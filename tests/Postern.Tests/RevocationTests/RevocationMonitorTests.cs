using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;
using Postern.Storage;
using Postern.Tests.Support;

namespace Postern.Tests.RevocationTests;

/// <summary>Which lists a monitor takes, what it does without one, and what it remembers.</summary>
public sealed class RevocationMonitorTests : IDisposable
{
    private const string Stranger = "00000000000000000000000000000001";

    private readonly ListPublisher _publisher = new();
    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLog _log = new();

    private string Cache => _folder.At("list.cache");

    private RevocationMonitorOptions Options => _publisher.Options with { CacheFile = Cache, LoggerFactory = _log };

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_serial_on_the_list_is_refused_with_date_and_reason()
    {
        _publisher.Published = _publisher.List(1, ListPublisher.ServerSerial);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        ChannelException refusal = Refusal(monitor)!;
        Assert.Equal(ChannelError.CertificateRevoked, refusal.Error);
        Assert.Contains("was revoked on 2026-06-01 00:00:00Z (key-compromise)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_takes_a_list_with_a_higher_number()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        Assert.Null(Refusal(monitor));
        await RefreshAsync(monitor, _publisher.List(5, ListPublisher.ServerSerial));
        Assert.Equal((5L, 1), (monitor.GetStatus().Number, monitor.GetStatus().Count));
        Assert.Equal(ChannelError.CertificateRevoked, Refusal(monitor)!.Error);
    }

    [Fact]
    public async Task An_older_list_is_refused_and_the_newer_one_goes_on_counting()
    {
        byte[] old = _publisher.List(1);
        _publisher.Published = _publisher.List(2, ListPublisher.ServerSerial);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        await RefreshAsync(monitor, old);
        Assert.Contains("older than list 2", monitor.GetStatus().Failure, StringComparison.Ordinal);
        Assert.Equal(ChannelError.CertificateRevoked, Refusal(monitor)!.Error);
    }

    [Fact]
    public async Task An_older_list_is_refused_after_a_restart_too()
    {
        byte[] old = _publisher.List(1);
        _publisher.Published = _publisher.List(2, ListPublisher.ServerSerial);
        await (await _publisher.StartAsync(Options)).DisposeAsync();
        _publisher.Published = old;
        await using RevocationMonitor restarted = await _publisher.StartAsync(Options);
        Assert.Equal(2, restarted.GetStatus().Number);
        Assert.Contains("older than list 2", restarted.GetStatus().Failure, StringComparison.Ordinal);
        Assert.Equal(ChannelError.CertificateRevoked, Refusal(restarted)!.Error);
    }

    [Fact]
    public async Task The_cache_serves_while_nobody_is_there()
    {
        _publisher.Published = _publisher.List(2, ListPublisher.ServerSerial);
        await (await _publisher.StartAsync(Options)).DisposeAsync();
        _publisher.Published = null;
        await using RevocationMonitor restarted = await _publisher.StartAsync(Options);
        Assert.Equal("Nobody is there.", restarted.GetStatus().Failure);
        Assert.Equal((2L, false), (restarted.GetStatus().Number, restarted.GetStatus().IsStale));
    }

    [Fact]
    public async Task A_cache_file_that_is_something_else_is_left_alone()
    {
        _publisher.Published = _publisher.List(1);
        AtomicFile.WritePublic(Cache, "my thesis"u8);
        FormatException refused = await Assert.ThrowsAsync<FormatException>(() => _publisher.StartAsync(Options));
        Assert.Contains(Cache, refused.Message, StringComparison.Ordinal);
        Assert.Equal("my thesis", await File.ReadAllTextAsync(Cache, TestContext.Current.CancellationToken));

        using RootKey stranger = NewRoot();
        AtomicFile.WritePublic(Cache, _publisher.List(stranger, 1), overwrite: true);
        await Assert.ThrowsAsync<FormatException>(() => _publisher.StartAsync(Options));
    }

    [Fact]
    public async Task Two_processes_with_one_cache_file_go_by_the_newest_that_either_has_seen()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor one = await _publisher.StartAsync(Options);
        await using RevocationMonitor other = await _publisher.StartAsync(Options);
        await RefreshAsync(one, _publisher.List(3, ListPublisher.ServerSerial));
        await RefreshAsync(other, _publisher.List(2));
        Assert.Contains("older than list 3", other.GetStatus().Failure, StringComparison.Ordinal);
        Assert.Equal(ChannelError.CertificateRevoked, Refusal(other)!.Error);
        Assert.Equal(3, RevocationList.Parse(await File.ReadAllBytesAsync(Cache, TestContext.Current.CancellationToken)).Number);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_said_once_and_the_list_counts()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync(Options with { CacheFile = _folder.At("no/such/folder") });
        await RefreshAsync(monitor, _publisher.List(2, ListPublisher.ServerSerial));
        Assert.Equal(ChannelError.CertificateRevoked, Refusal(monitor)!.Error);
        Assert.Equal(1, _log.Count(144));
    }

    [Fact]
    public async Task Two_lists_of_one_number_are_a_contradiction_and_the_first_counts()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        await RefreshAsync(monitor, _publisher.List(1, ListPublisher.ServerSerial));
        Assert.Contains("two different lists", monitor.GetStatus().Failure, StringComparison.Ordinal);
        Assert.Null(Refusal(monitor));

        // Another signature over the same is no contradiction.
        await RefreshAsync(monitor, _publisher.List(1));
        Assert.Null(monitor.GetStatus().Failure);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public async Task A_list_from_the_future_is_refused_beyond_the_tolerance(int seconds, bool isTaken)
    {
        _publisher.Clock.AdvanceSeconds(seconds);
        byte[] list = _publisher.List(1);
        _publisher.Clock.AdvanceSeconds(-seconds);
        _publisher.Published = list;
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        Assert.Equal(isTaken, monitor.Current is not null);
    }

    [Fact]
    public async Task Lists_of_others_and_what_is_no_list_are_refused()
    {
        _publisher.Published = _publisher.List(1, ListPublisher.ServerSerial);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        using RootKey stranger = NewRoot();
        byte[] altered = _publisher.List(9);
        altered[^1] ^= 1;
        foreach (byte[] list in (byte[][])[[], [1, 2, 3], _publisher.List(stranger, 9), altered])
        {
            await RefreshAsync(monitor, list);
            Assert.NotNull(monitor.GetStatus().Failure);
            Assert.Equal(1, monitor.GetStatus().Number);
        }
    }

    [Fact]
    public async Task Past_the_next_update_new_channels_are_refused_until_there_is_a_new_list()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        _publisher.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Null(Refusal(monitor));
        _publisher.Clock.AdvanceSeconds(1);
        Assert.Equal(ChannelError.RevocationStale, Refusal(monitor)!.Error);
        Assert.True(monitor.GetStatus().IsStale);

        // Open ones go on.
        Assert.Null(monitor.StandingOf(ListPublisher.Authority.Certificate).Refusal);
        await RefreshAsync(monitor, _publisher.List(2));
        Assert.Null(Refusal(monitor));
    }

    [Fact]
    public async Task Open_channels_are_refused_after_the_grace_that_was_set()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync(_publisher.Options with { StaleGrace = TimeSpan.FromHours(1) });
        CertificateStanding standing = monitor.StandingOf(ListPublisher.Authority.Certificate);
        _publisher.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromHours(1));
        Assert.Null(standing.Refusal);
        _publisher.Clock.AdvanceSeconds(1);
        Assert.Equal(ChannelError.RevocationStale, standing.Refusal!.Error);
    }

    [Fact]
    public async Task With_a_warning_all_but_the_revoked_go_on_past_the_next_update()
    {
        _publisher.Published = _publisher.List(1, Stranger);
        await using RevocationMonitor monitor = await _publisher.StartAsync(Options with { StalePolicy = StaleRevocationPolicy.Warn, StaleGrace = TimeSpan.Zero });
        _publisher.Clock.Advance(TimeSpan.FromDays(30));
        for (int i = 0; i < 3; i++) await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Null(Refusal(monitor));
        Assert.Null(monitor.StandingOf(ListPublisher.Authority.Certificate).Refusal);
        Assert.Equal(1, _log.Count(143));
        await RefreshAsync(monitor, _publisher.List(2, ListPublisher.ServerSerial));
        _publisher.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(ChannelError.CertificateRevoked, Refusal(monitor)!.Error);
    }

    [Theory]
    [InlineData(StaleRevocationPolicy.Refuse)]
    [InlineData(StaleRevocationPolicy.Warn)]
    public async Task Without_any_list_the_policy_decides(StaleRevocationPolicy policy)
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync(Options with { StalePolicy = policy });
        Assert.Equal(policy == StaleRevocationPolicy.Refuse ? ChannelError.RevocationStale : null, Refusal(monitor)?.Error);
        Assert.Equal(1, _log.Count(143));
    }

    [Fact]
    public async Task A_failure_is_logged_once_until_it_is_another_or_over()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync(Options);
        for (int i = 0; i < 3; i++) await RefreshAsync(monitor, null);
        Assert.Equal(1, _log.Count(141));
        for (int i = 0; i < 3; i++) await RefreshAsync(monitor, [1]);
        Assert.Equal(2, _log.Count(141));
        for (int i = 0; i < 3; i++) await RefreshAsync(monitor, _publisher.List(1));
        Assert.Equal(1, _log.Count(142));
        await RefreshAsync(monitor, null);
        Assert.Equal(3, _log.Count(141));
    }

    [Fact]
    public async Task It_refreshes_by_itself_within_the_interval()
    {
        ManualClock clock = new();
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync(new RevocationMonitorOptions { Policy = new VerificationPolicy { Clock = clock } });
        await TestServer.UntilAsync(() => clock.TimerCount == 1);
        Assert.Equal(1, _publisher.FetchCount);
        clock.Advance(TimeSpan.FromMinutes(5));
        await TestServer.UntilAsync(() => _publisher.FetchCount == 2);
    }

    [Fact]
    public async Task A_certificate_of_another_root_is_a_mistake_of_the_caller()
    {
        _publisher.Published = _publisher.List(1);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        TestAuthority other = TestAuthority.For(QstpSuites.DilithiumS3KyberS3);
        Assert.Throws<ArgumentException>(() => monitor.ThrowIfRefused(other.Certificate));
        Assert.Throws<ArgumentException>(() => TestServerOptions(other, monitor));
    }

    private void TestServerOptions(TestAuthority authority, RevocationMonitor monitor) => _ = QstpServer.Start(
        new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0),
        new QstpServerOptions { Identities = [authority.Identity(_publisher.Clock)], Revocation = monitor },
        (_, _) => Task.CompletedTask);

    private static ChannelException? Refusal(RevocationMonitor monitor)
    {
        try
        {
            monitor.ThrowIfRefused(ListPublisher.Authority.Certificate);
            return null;
        }
        catch (ChannelException exception)
        {
            return exception;
        }
    }

    private async Task RefreshAsync(RevocationMonitor monitor, byte[]? list)
    {
        _publisher.Published = list;
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
    }

    private RootKey NewRoot() => RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "stranger", TimeSpan.FromDays(30), _publisher.Clock);
}
