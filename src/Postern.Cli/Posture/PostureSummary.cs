using Postern.Cli.Doctor;

namespace Postern.Cli.Posture;

/// <summary>The report in a few numbers. Its properties are the JSON form.</summary>
internal sealed record PostureSummary
{
    /// <summary>The gravest finding.</summary>
    public required FindingLevel Level { get; init; }

    public required int Failures { get; init; }

    public required int Warnings { get; init; }

    /// <summary>The lowest NIST category of a set in use; null if none is known.</summary>
    public int? LowestSecurityLevel { get; init; }

    /// <summary>Algorithms in use that are in no FIPS: the cipher, RCS, with every set, and some key exchanges.</summary>
    public required IReadOnlyList<string> NonStandardAlgorithms { get; init; }

    /// <summary>When the first of the certificates and keys ends that are still good.</summary>
    public DateTimeOffset? NextExpiry { get; init; }

    /// <summary>Secret keys that no passphrase and no token protects.</summary>
    public required int UnprotectedKeys { get; init; }

    public static PostureSummary Of(DateTimeOffset now, IReadOnlyList<PostureSuite> suites, IReadOnlyList<PostureFile> files, IReadOnlyList<Finding> findings) => new()
    {
        Level = findings.Select(finding => finding.Level).DefaultIfEmpty(FindingLevel.Ok).Max(),
        Failures = findings.Count(finding => finding.Level == FindingLevel.Fail),
        Warnings = findings.Count(finding => finding.Level == FindingLevel.Warn),
        LowestSecurityLevel = suites.Count > 0 ? suites.Min(suite => suite.Suite.Level) : null,
        NonStandardAlgorithms = [.. suites.Where(suite => !suite.Suite.IsStandard).Select(suite => suite.Suite.Kem).Concat(suites.Count > 0 ? ["RCS"] : []).Distinct(StringComparer.Ordinal)],
        NextExpiry = files.Select(file => file.Report.ValidTo).Where(end => end >= now).Min(),
        UnprotectedKeys = files.Count(file => file.Protection == PostureProtection.None),
    };
}
