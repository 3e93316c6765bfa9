using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Qstp.Revocation;

/// <summary>
/// Keeps the newest revocation list of a root, refuses handshakes with what is on it, and ends the channels of a serial once it is. One serves any
/// number of clients and servers. (docs/revocation.md)
/// </summary>
public sealed class RevocationMonitor : IAsyncDisposable
{
    private readonly RootCertificate _root;
    private readonly RevocationSource _source;
    private readonly RevocationMonitorOptions _options;
    private readonly RevocationShelf _shelf;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<UInt128, CertificateStanding> _standings = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly DateTimeOffset _started;
    private Task _running = Task.CompletedTask;
    private DateTimeOffset? _refreshedAt;
    private volatile Exception? _failure;
    private bool _saidStale;
    private bool _saidNotKept;

    private RevocationMonitor(RootCertificate root, RevocationSource source, RevocationMonitorOptions options)
    {
        _root = root;
        _source = source;
        _options = options;
        _shelf = new RevocationShelf(root, options);
        _logger = options.LoggerFactory.CreateLogger("Postern.Qstp.Revocation");
        _started = Clock.GetUtcNow();
    }

    /// <summary>The newest list that was seen; null before the first.</summary>
    public VerifiedRevocationList? Current => _shelf.Current;

    internal ChannelWatch Watch { get; } = new();

    private TimeProvider Clock => _options.Policy.Clock;

    /// <summary>
    /// Loads the cache file, tries to fetch a list once, and goes on doing so until it is disposed of. That there is no list is no error
    /// here: what it means, <see cref="RevocationMonitorOptions.StalePolicy"/> says.
    /// </summary>
    /// <param name="root">The root that signs the lists.</param>
    /// <param name="source">Where they are.</param>
    /// <param name="options">Interval, cache, policy; the defaults if null.</param>
    /// <param name="cancellationToken">Ends the first attempt, and with it the monitor.</param>
    /// <exception cref="FormatException">The cache file is something else, which is left as it is.</exception>
    /// <exception cref="IOException">The cache file cannot be read.</exception>
    /// <exception cref="ChannelException">The root is not valid.</exception>
    public static async Task<RevocationMonitor> StartAsync(
        RootCertificate root, RevocationSource source, RevocationMonitorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(source);
        RevocationMonitor monitor = new(root, source, options ?? RevocationMonitorOptions.Default);
        try
        {
            ChainVerifier.VerifyRoot(root, monitor._options.Policy);
            monitor._shelf.Load();
            await monitor.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await monitor.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        monitor._running = Task.Run(monitor.RunAsync, CancellationToken.None);
        return monitor;
    }

    /// <summary>What is known now.</summary>
    public RevocationStatus GetStatus()
    {
        VerifiedRevocationList? list = Current;
        return new RevocationStatus
        {
            RootSerialNumber = _root.SerialNumber,
            Source = _source.Name,
            Number = list?.Number,
            IssuedAt = list?.IssuedAt,
            NextUpdate = list?.NextUpdate,
            Count = list?.Count ?? 0,
            IsStale = IsStale(TimeSpan.Zero),
            RefreshedAt = _refreshedAt,
            Failure = _failure?.Message,
        };
    }

    /// <summary>Checks that a certificate may be used for a new channel now.</summary>
    /// <exception cref="ChannelException">It is revoked, or there is no current list and the policy asks for one.</exception>
    /// <exception cref="ArgumentException">The certificate is of another root: this monitor knows nothing of it.</exception>
    public void ThrowIfRefused(ServerCertificate certificate) => StandingOf(certificate).ThrowIfRefused();

    /// <summary>Fetches the list now, and ends the channels of what it revokes. A failure is logged and in the status, and throws nothing.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FetchAsync(cancellationToken).ConfigureAwait(false);
            SayIfStale();
            Watch.Review();
            await EndRefusedAsync().ConfigureAwait(false);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Fetches no more. What is known goes on counting, until it is stale.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <summary>Tells whether the lists are those of the certificate's root.</summary>
    internal bool IsFor(ServerCertificate certificate) => certificate.RootSerial.SequenceEqual(_root.Serial);

    /// <summary>What handshakes and channels of a certificate share.</summary>
    /// <exception cref="ArgumentException">The certificate is of another root.</exception>
    internal CertificateStanding StandingOf(ServerCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!IsFor(certificate))
        {
            throw new ArgumentException(
                $"The certificate {certificate.SerialNumber} is of the root {certificate.RootSerialNumber}; the revocation lists are those of {_root.SerialNumber}.", nameof(certificate));
        }

        UInt128 serial = RevocationEntry.SerialOf(certificate.Serial);
        return _standings.TryGetValue(serial, out CertificateStanding? standing)
            ? standing
            : _standings.GetOrAdd(serial, static (key, monitor) => new CertificateStanding(monitor, key.ToString("X32"), key), this);
    }

    internal ChannelException? RefusalOf(CertificateStanding standing, bool isNew)
    {
        if (Current?.Find(standing.Serial) is { } entry)
        {
            return new ChannelException(
                ChannelError.CertificateRevoked,
                (byte)QstpErrors.CodeOf(ChannelError.CertificateRevoked),
                $"The certificate {standing.SerialNumber} was revoked on {entry.RevokedAt:u} ({entry.ReasonName}): the server needs a new key and a new certificate.");
        }

        if (_options.StalePolicy == StaleRevocationPolicy.Warn) return null;
        if (!isNew && _options.StaleGrace == Timeout.InfiniteTimeSpan) return null;
        if (!IsStale(isNew ? TimeSpan.Zero : _options.StaleGrace)) return null;
        return new ChannelException(
            ChannelError.RevocationStale, (byte)QstpErrors.CodeOf(ChannelError.RevocationStale), $"Nobody knows whether the certificate {standing.SerialNumber} was revoked: {Shortage()}");
    }

    // A wait of nine tenths of the interval to all of it: what many monitors ask must not be asked by all at once.
    private TimeSpan NextWait()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomSource.System.Fill(bytes);
        return _options.RefreshInterval * (0.9 + (0.1 * BinaryPrimitives.ReadUInt32LittleEndian(bytes) / uint.MaxValue));
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(NextWait(), Clock, _stop.Token).ConfigureAwait(false);
                await RefreshAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        try
        {
            ReadOnlyMemory<byte> data = await _source.ReadAsync(deadline.Token).ConfigureAwait(false);
            bool isNew = _shelf.Accept(data.Span, SayNotKept);
            VerifiedRevocationList list = Current!;
            if (isNew) RevocationLog.Adopted(_logger, list.Number, list.IssuedAt, _source.Name, list.Count, list.NextUpdate);
            else if (_failure is not null) RevocationLog.Recovered(_logger, _source.Name, list.Number);
            _failure = null;
            _refreshedAt = Clock.GetUtcNow();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            SayFailed(new TimeoutException($"It did not come within {_options.Timeout.TotalSeconds:0.#} s."));
        }
#pragma warning disable CA1031 // Whatever fetching fails with, a stream of someone's included: the list that is there goes on counting.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            SayFailed(exception);
        }
    }

    private async Task EndRefusedAsync()
    {
        // Few serials, many channels: these are looked at only if there is something to end.
        if (_standings.Values.All(standing => standing.Refusal is null)) return;
        int count = await Watch.EndRefusedAsync().ConfigureAwait(false);
        if (count > 0) RevocationLog.Ended(_logger, count);
    }

    // Since the next update, or since the start if there never was a list.
    private bool IsStale(TimeSpan grace)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        return Current is { } list ? now - list.NextUpdate > grace : now - _started >= grace;
    }

    private string Shortage()
    {
        string list = Current is { } known ? $"list {known.Number} was to be followed by another one by {known.NextUpdate:u}." : "there is no list yet.";
        return _failure is { } failure ? $"{list} {_source.Name}: {failure.Message}" : $"{list} {_source.Name} has no newer one.";
    }

    // Once for each kind of failure: the same one comes with each refresh.
    private void SayFailed(Exception exception)
    {
        if (_failure?.GetType() != exception.GetType()) RevocationLog.Failed(_logger, _source.Name, exception.Message);
        _failure = exception;
    }

    private void SayNotKept(Exception exception)
    {
        if (_saidNotKept) return;
        _saidNotKept = true;
        RevocationLog.NotKept(_logger, exception);
    }

    private void SayIfStale()
    {
        bool isStale = IsStale(TimeSpan.Zero);
        if (isStale && !_saidStale)
        {
            string consequence = _options.StalePolicy == StaleRevocationPolicy.Warn ? "what was revoked since is not noticed" : "new channels are refused";
            RevocationLog.Stale(_logger, _root.SerialNumber, consequence);
        }

        _saidStale = isStale;
    }
}
