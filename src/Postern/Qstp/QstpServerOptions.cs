using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Qstp;

/// <summary>How a QSTP server answers.</summary>
public sealed record QstpServerOptions : ServerOptions
{
    /// <summary>
    /// The identities; the serial in the client's first packet chooses. Several, of any configuration sets, during a rollover. At least
    /// one. They are not disposed of by the server.
    /// </summary>
    public required IReadOnlyList<ServerIdentity> Identities
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count == 0) throw new ArgumentException("A server needs at least one identity.", nameof(value));
            field = value;
        }
    }

    /// <summary>
    /// Refuses handshakes for an identity whose certificate its root has revoked, and ends its channels; the other identities go on. Default
    /// none. It is not disposed of by the server. All identities must be of its root.
    /// </summary>
    public RevocationMonitor? Revocation { get; init; }

    internal override string Protocol => QstpProtocol.Name;
}
