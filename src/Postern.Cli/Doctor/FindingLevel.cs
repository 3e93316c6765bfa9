namespace Postern.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok = 1,

    /// <summary>It works, and will not for ever.</summary>
    Warn,

    /// <summary>It does not work, or is not safe.</summary>
    Fail,
}
