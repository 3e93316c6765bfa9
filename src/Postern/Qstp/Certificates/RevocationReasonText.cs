namespace Postern.Qstp.Certificates;

/// <summary>The names of the reasons. Inventories store them and audit logs hash them: none may ever change.</summary>
internal static class RevocationReasonText
{
    /// <summary>Such as "key-compromise"; "reason 9" for one that this version does not know.</summary>
    public static string Of(RevocationReason reason) => reason switch
    {
        RevocationReason.Unspecified => "unspecified",
        RevocationReason.KeyCompromise => "key-compromise",
        RevocationReason.Superseded => "superseded",
        RevocationReason.Cessation => "cessation",
        RevocationReason.PrivilegeWithdrawn => "privilege-withdrawn",
        _ => $"reason {(int)reason}",
    };
}
