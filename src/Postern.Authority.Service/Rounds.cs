using Microsoft.Extensions.Logging;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>
/// What is done between calls: a revocation list in time, what other processes published, the service's own certificate, what ends soon, and the calls that were
/// counted into the log.
/// </summary>
internal sealed class Rounds(Authority authority, OwnIdentities own, CallCounter calls, AuthorityMeters meters, TimeSpan publishEvery, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LogCallsEvery = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan CountEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FollowEvery = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly PeriodicTimer _publishing = new(publishEvery, authority.Clock);
    private Task _running = Task.CompletedTask;

    /// <summary>Publishes the first list, and goes on from there.</summary>
    public async Task StartAsync()
    {
        await PublishAsync().ConfigureAwait(false);
        await CountEndingAsync().ConfigureAwait(false);
        _running = Task.WhenAll(
            RepeatAsync(_publishing, PublishAsync),
            RepeatAsync(FollowEvery, FollowAsync),
            RepeatAsync(FollowEvery, RenewOwnAsync),
            RepeatAsync(CountEvery, CountEndingAsync),
            RepeatAsync(LogCallsEvery, LogCallsAsync));
    }

    /// <summary>Publishes now, and from now on so often.</summary>
    public Task PublishEveryAsync(TimeSpan period)
    {
        _publishing.Period = period;
        return PublishAsync();
    }

    /// <summary>Reads the service's own certificate anew.</summary>
    public async Task ReadOwnAgainAsync(CancellationToken cancellationToken) => Say(await own.ReadAgainAsync(cancellationToken).ConfigureAwait(false));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await TryAsync(LogCallsAsync).ConfigureAwait(false);
        _publishing.Dispose();
        _stop.Dispose();
    }

    private async Task RepeatAsync(TimeSpan period, Func<Task> work)
    {
        using PeriodicTimer timer = new(period, authority.Clock);
        await RepeatAsync(timer, work).ConfigureAwait(false);
    }

    private async Task RepeatAsync(PeriodicTimer timer, Func<Task> work)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) await TryAsync(work).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    // A disk that is full for an hour must not end the publishing for good.
    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it was: who ends here publishes no more, and nobody hears of it.
        catch (Exception exception) when (exception is not OperationCanceledException || !_stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.RoundsFailed(exception);
        }
    }

    private async Task PublishAsync()
    {
        RevocationList list = await authority.PublishAsync(_stop.Token).ConfigureAwait(false);
        logger.Published(list.Number, list.Count, list.NextUpdate);
    }

    // What others on this inventory published or revoked.
    private async Task FollowAsync()
    {
        if (await authority.FollowAsync(_stop.Token).ConfigureAwait(false) is { } list) logger.Followed(list.Number, list.Count, list.NextUpdate);
    }

    private async Task RenewOwnAsync() => Say(await own.RenewInTimeAsync(_stop.Token).ConfigureAwait(false));

    private void Say(ServerCertificate? certificate)
    {
        if (certificate is not null) logger.OwnCertificate(certificate.SerialNumber, certificate.ValidTo);
    }

    private async Task CountEndingAsync()
    {
        DateTimeOffset now = authority.Now;
        CertificateQuery query = new() { Ending = (now, now + AuthorityMeters.Soon) };
        meters.Ending = await authority.ReadAsync(inventory => inventory.List(query).Count, _stop.Token).ConfigureAwait(false);
    }

    private async Task LogCallsAsync()
    {
        IReadOnlyCollection<KeyValuePair<string, long>> counted = calls.Take();
        if (counted.Count == 0) return;
        await authority.ChangeAsync(
            actor: null,
            desk =>
            {
                desk.RecordCalls(counted);
                return true;
            }).ConfigureAwait(false);
    }
}
