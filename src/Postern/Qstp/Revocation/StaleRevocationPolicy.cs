namespace Postern.Qstp.Revocation;

/// <summary>What happens while there is no revocation list that is not past its next update.</summary>
public enum StaleRevocationPolicy
{
    /// <summary>
    /// No new channels. Those that are open go on, unless <see cref="RevocationMonitorOptions.StaleGrace"/> ends them. Otherwise whoever keeps
    /// the list away keeps the revocation away.
    /// </summary>
    Refuse = 0,

    /// <summary>All goes on, with a warning in the log. What the last list revoked stays revoked.</summary>
    Warn = 1,
}
