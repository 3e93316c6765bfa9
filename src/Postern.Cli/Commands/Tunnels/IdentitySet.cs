using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>The identities of a server; it owns them.</summary>
internal sealed class IdentitySet(IReadOnlyList<ServerIdentity> all) : IDisposable
{
    public IReadOnlyList<ServerIdentity> All => all;

    public void Dispose()
    {
        foreach (ServerIdentity identity in all) identity.Dispose();
    }
}
