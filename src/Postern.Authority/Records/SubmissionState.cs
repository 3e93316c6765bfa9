namespace Postern.Authority.Records;

/// <summary>What became of a request that waits for an administrator. The names are stored, in lower case.</summary>
internal enum SubmissionState
{
    /// <summary>It waits.</summary>
    Submitted = 1,

    /// <summary>A certificate of its serial was issued.</summary>
    Approved,

    /// <summary>There will be none.</summary>
    Refused,
}
