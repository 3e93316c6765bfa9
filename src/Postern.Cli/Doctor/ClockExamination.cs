using Postern.Qstp.Certificates;

namespace Postern.Cli.Doctor;

/// <summary>Whether this machine's clock can be right.</summary>
internal static class ClockExamination
{
    private const string Subject = "clock";
    private const string Advice = "Set it by NTP: every check of dates and every handshake goes by it.";

    // Before there was this program, and when the largest validities of today have long ended.
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2080, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Finding Run(DateTimeOffset now, IEnumerable<ExaminedFile> files)
    {
        if (now < Earliest || now > Latest) return Finding.Fail(Subject, $"it says {now:u}, which cannot be", Advice);
        return files.FirstOrDefault(file => (file.Content as RevocationList)?.IssuedAt - now > TimeSpan.FromMinutes(1)) is { } later
            ? Finding.Fail(Subject, $"it says {now:u}, and {later.Path} was signed later", Advice)
            : Finding.Ok(Subject, $"{now:u}");
    }
}
