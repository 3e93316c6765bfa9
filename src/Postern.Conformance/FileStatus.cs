namespace Postern.Conformance;

/// <summary>What became of a vector file.</summary>
public enum FileStatus
{
    /// <summary>Everything in it that this build can check is right, and that is at least one thing.</summary>
    Passed,

    /// <summary>Something differs, is malformed or is missing.</summary>
    Failed,

    /// <summary>A known form, all of it for an algorithm that this build does not have.</summary>
    Unsupported,

    /// <summary>Not a form that is known here: nothing was checked.</summary>
    Unknown,
}
