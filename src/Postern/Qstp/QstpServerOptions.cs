using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Qstp;

/// <summary>How a QSTP server answers.</summary>
public sealed record QstpServerOptions : ServerOptions
{
    /// <summary>
    /// The identities; the serial in the client's first packet chooses. Several, of any configuration sets, during a rollover. At least
    /// one, and no serial twice. They are not disposed of by the server.
    /// </summary>
    public required IReadOnlyList<ServerIdentity> Identities
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count == 0) throw new ArgumentException("A server needs at least one identity.", nameof(value));
            if (value.CountBy(identity => identity.Certificate.SerialNumber).FirstOrDefault(serial => serial.Value > 1) is { Key: { } twice })
            {
                throw new ArgumentException($"Two identities bear the serial {twice}, and clients choose by the serial: a renewal takes the place of what it renews.", nameof(value));
            }

            field = value;
        }
    }

    /// <summary>
    /// Refuses handshakes for an identity whose certificate its root has revoked, and ends its channels; the other identities go on. Default
    /// none. It is not disposed of by the server. All identities must be of its root, or of one of <see cref="FurtherRevocation"/>.
    /// </summary>
    public RevocationMonitor? Revocation { get; init; }

    /// <summary>The same for identities of other roots, during a rollover: one monitor a root. Default none.</summary>
    public IReadOnlyList<RevocationMonitor> FurtherRevocation
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = [];

    internal RevocationMonitors CreateMonitors() => new(Revocation is null ? FurtherRevocation : [Revocation, .. FurtherRevocation]);

    internal override string Protocol => QstpProtocol.Name;
}
