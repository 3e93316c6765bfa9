using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>Inventory and root key for many callers: one at a time. The key is erased with it.</summary>
internal sealed class Authority(Inventory inventory, RootKey key, TimeSpan listValidity) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile RevocationList? _list;
    private long _listValidity = listValidity.Ticks;
    private long _followedTo;

    public RootCertificate Root => inventory.Root;

    public TimeProvider Clock => inventory.Clock;

    public DateTimeOffset Now => inventory.Clock.GetUtcNow();

    /// <summary>The newest revocation list; null before the first.</summary>
    public RevocationList? List => _list;

    /// <summary>From a list to its next update.</summary>
    public TimeSpan ListValidity
    {
        get => new(Interlocked.Read(ref _listValidity));
        set => Interlocked.Exchange(ref _listValidity, value.Ticks);
    }

    /// <summary>Asks the inventory something.</summary>
    public Task<T> ReadAsync<T>(Func<Inventory, T> read, CancellationToken cancellationToken = default) => RunAsync(() => read(inventory), cancellationToken);

    /// <summary>Reads rows.</summary>
    public Task<T> ReadRowsAsync<T>(Func<IInventoryTransaction, T> read, CancellationToken cancellationToken = default) => RunAsync(
        () =>
        {
            using IInventoryTransaction transaction = inventory.BeginRead();
            return read(transaction);
        },
        cancellationToken);

    /// <summary>Changes the inventory. Once it has begun it is not cancelled: what is signed is recorded.</summary>
    /// <param name="actor">Who the log names; null for the account that runs the service.</param>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Ends the waiting for the turn.</param>
    public Task<T> ChangeAsync<T>(string? actor, Func<EnrolmentDesk, T> change, CancellationToken cancellationToken = default) =>
        RunAsync(() => change(new EnrolmentDesk(actor is null ? inventory : inventory.As(actor), key)), cancellationToken);

    /// <summary>Revokes, and publishes at once.</summary>
    public Task<IReadOnlyList<RevocationRecord>> RevokeAsync(string actor, string serial, RevocationReason reason, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            IReadOnlyList<RevocationRecord> revoked = new EnrolmentDesk(inventory.As(actor), key).Revoke(serial, reason);
            _list = inventory.PublishRevocations(key, ListValidity);
            return revoked;
        },
        cancellationToken);

    /// <summary>Signs the next revocation list.</summary>
    public Task<RevocationList> PublishAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => _list = inventory.PublishRevocations(key, ListValidity), cancellationToken);

    /// <summary>Takes the list of another process if there is a newer one, and publishes if another process revoked.</summary>
    /// <returns>The list, if it is another one now.</returns>
    public Task<RevocationList?> FollowAsync(CancellationToken cancellationToken = default) => RunAsync(
        () =>
        {
            long last = inventory.ReadLastNumber();
            if (_list is not { } known || last == _followedTo) return null;
            RevocationList newest = _list = inventory.FollowRevocations(key, known, ListValidity);
            _followedTo = last;
            return newest == known ? null : newest;
        },
        cancellationToken);

    /// <summary>Waits for the call that is running, then erases the key.</summary>
    public void Dispose()
    {
        _turn.Wait();
        key.Dispose();
        _turn.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Signatures and the disk take their time, and Kestrel's threads are few.
            return await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
