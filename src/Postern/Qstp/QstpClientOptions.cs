using Postern.Qstp.Revocation;

namespace Postern.Qstp;

/// <summary>How a QSTP client connects.</summary>
public sealed record QstpClientOptions : ClientOptions
{
    /// <summary>The defaults.</summary>
    public static QstpClientOptions Default { get; } = new();

    /// <summary>
    /// Allow this client to start ratchets. Default false: a reference server drops the connection on one. (QSTP §11.4)
    /// </summary>
    public bool AllowClientRatchet { get; init; }

    /// <summary>
    /// Refuses a server whose certificate its root has revoked, and ends channels to it. Default none. It is not disposed of by clients, and one
    /// serves any number of them.
    /// </summary>
    public RevocationMonitor? Revocation { get; init; }

    internal ChannelContext CreateContext() => CreateClientContext(AllowClientRatchet);

    internal override string Protocol => QstpProtocol.Name;
}
