using Postern.Authority.Pkcs11;
using Postern.Cli.Doctor;
using Postern.Cli.Files;
using Postern.Qsmp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Posture;

/// <summary>A file of a certificate, a key or a list. Its properties are the JSON form.</summary>
internal sealed record PostureFile
{
    public required string Path { get; init; }

    /// <summary>What <c>show</c> says of it.</summary>
    public required FileReport Report { get; init; }

    public required bool IsSecret { get; init; }

    /// <summary>Secret keys only.</summary>
    public PostureProtection? Protection { get; init; }

    /// <summary>Who may read and write it, in octal digits as <c>chmod</c> takes them; null on Windows.</summary>
    public string? Mode { get; init; }

    /// <summary>From now to its end, negative past it; null if it has none.</summary>
    public double? DaysLeft { get; init; }

    /// <summary>What a file is, as an auditor asks.</summary>
    /// <param name="file">A file that has content.</param>
    /// <param name="clock">The clock that validities are compared with.</param>
    public static PostureFile Of(ExaminedFile file, TimeProvider clock)
    {
        FileReport report = FileReport.Of(file.Content!, null, clock);
        DateTimeOffset? end = report.ValidTo ?? report.NextUpdate;
        return new PostureFile
        {
            Path = file.Path,
            Report = report,
            IsSecret = file.IsSecret,
            Protection = ProtectionOf(file),
            Mode = OperatingSystem.IsWindows() ? null : Convert.ToString((int)File.GetUnixFileMode(file.Path), 8),
            DaysLeft = end is { } date ? Math.Round((date - clock.GetUtcNow()).TotalDays, 2) : null,
        };
    }

    private static PostureProtection? ProtectionOf(ExaminedFile file)
    {
        if (file.IsSealed) return PostureProtection.Passphrase;
        return file.Content switch
        {
            TokenContainer => PostureProtection.Token,
            SigningKeyFile or QsmpPrivateKey => PostureProtection.None,
            _ => null,
        };
    }
}
