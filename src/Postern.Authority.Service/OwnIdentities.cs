using System.Collections;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>
/// The service's own certificates, the newest first: a handshake sees those of the moment that its first packet came. They follow what the folder has, and what the
/// inventory says of them, while the service runs.
/// </summary>
internal sealed class OwnIdentities : IReadOnlyList<ServerIdentity>, IDisposable
{
    private readonly ServiceFiles _files;
    private readonly Authority _authority;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile ServerIdentity[] _served;

    // Tunnels may still be there that one of them began.
    private readonly List<ServerIdentity> _former = [];

    private OwnIdentities(ServiceFiles files, Authority authority, IReadOnlyList<ServerIdentity> first)
    {
        _files = files;
        _authority = authority;
        _served = [.. first];
    }

    public int Count => _served.Length;

    public ServerIdentity this[int index] => _served[index];

    /// <summary>Loads what the folder has; issues what it has not.</summary>
    public static async Task<OwnIdentities> LoadAsync(ServiceFiles files, Authority authority) =>
        new(files, authority, await files.PrepareIdentitiesAsync(authority).ConfigureAwait(false));

    /// <summary>Reads the folder anew, with the same outcome as a new start.</summary>
    /// <returns>The newest certificate, if it is another one now; null otherwise.</returns>
    public async Task<ServerCertificate?> ReadAgainAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string before = SerialOf(_served[0]);
            ServerIdentity[] kept = await StillGoodAsync(_served).ConfigureAwait(false);
            IReadOnlyList<ServerIdentity> read = await _files.PrepareIdentitiesAsync(_authority).ConfigureAwait(false);
            ServerIdentity[] newest = [.. read.Select(identity => Array.Find(kept, known => SerialOf(known) == SerialOf(identity)) ?? identity)];
            ServerIdentity[] next = [.. newest, .. kept.Except(newest)];
            _former.AddRange(_served.Except(next));
            foreach (ServerIdentity known in read.Except(next)) known.Dispose();
            _served = next;
            return SerialOf(next[0]) == before ? null : next[0].Certificate;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the folder anew if the newest was revoked or two thirds of its time are over.</summary>
    /// <returns>As <see cref="ReadAgainAsync"/>.</returns>
    public async Task<ServerCertificate?> RenewInTimeAsync(CancellationToken cancellationToken) =>
        ServiceFiles.IsFresh(_served[0].Certificate, _authority.Now) && !await ServiceFiles.IsRevokedAsync(_authority, _served[0].Certificate).ConfigureAwait(false)
            ? null
            : await ReadAgainAsync(cancellationToken).ConfigureAwait(false);

    public IEnumerator<ServerIdentity> GetEnumerator() => ((IEnumerable<ServerIdentity>)_served).GetEnumerator();

    public void Dispose()
    {
        foreach (ServerIdentity identity in _served.Concat(_former)) identity.Dispose();
        _turn.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string SerialOf(ServerIdentity identity) => identity.Certificate.SerialNumber;

    private async Task<ServerIdentity[]> StillGoodAsync(ServerIdentity[] identities)
    {
        List<ServerIdentity> good = [];
        foreach (ServerIdentity identity in identities)
        {
            if (_authority.Now <= identity.Certificate.ValidTo && !await ServiceFiles.IsRevokedAsync(_authority, identity.Certificate).ConfigureAwait(false)) good.Add(identity);
        }

        return [.. good];
    }
}
