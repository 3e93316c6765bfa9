using System.Collections;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Renewing;

/// <summary>
/// A server's identities, to which new ones come while it runs: a handshake sees those of the moment that its first packet came. None is taken away:
/// one that has ended is refused by the server, which looks at its dates.
/// </summary>
/// <param name="named">Those that the command line names; the first is the one that is renewed.</param>
/// <param name="former">The one before the first, which is still served; null if there is none.</param>
internal sealed class RollingIdentities(IReadOnlyList<ServerIdentity> named, ServerIdentity? former) : IReadOnlyList<ServerIdentity>, IDisposable
{
    private volatile ServerIdentity[] _identities = former is null ? [.. named] : [.. named, former];
    private volatile ServerIdentity[] _newest = [.. named];

    /// <summary>Those that no other has followed.</summary>
    public IReadOnlyList<ServerIdentity> Newest => _newest;

    public int Count => _identities.Length;

    public ServerIdentity this[int index] => _identities[index];

    /// <summary>Adds the successor of the first. There is one who adds.</summary>
    public void Add(ServerIdentity successor)
    {
        _identities = [.. _identities, successor];
        _newest = [successor, .. _newest[1..]];
    }

    public IEnumerator<ServerIdentity> GetEnumerator() => ((IEnumerable<ServerIdentity>)_identities).GetEnumerator();

    public void Dispose()
    {
        foreach (ServerIdentity identity in _identities) identity.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
