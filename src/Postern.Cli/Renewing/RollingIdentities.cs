using System.Collections;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Renewing;

/// <summary>
/// A server's identities, to which new ones come while it runs: a handshake sees those of the moment that its first packet came. None is taken away:
/// one that has ended is refused by the server, which looks at its dates.
/// </summary>
internal sealed class RollingIdentities(IEnumerable<ServerIdentity> first) : IReadOnlyList<ServerIdentity>, IDisposable
{
    private volatile ServerIdentity[] _identities = [.. first];

    public int Count => _identities.Length;

    public ServerIdentity this[int index] => _identities[index];

    /// <summary>Adds one. There is one who adds.</summary>
    public void Add(ServerIdentity identity) => _identities = [.. _identities, identity];

    public IEnumerator<ServerIdentity> GetEnumerator() => ((IEnumerable<ServerIdentity>)_identities).GetEnumerator();

    public void Dispose()
    {
        foreach (ServerIdentity identity in _identities) identity.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
