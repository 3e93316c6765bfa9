namespace Postern.Cli.Doctor;

/// <summary>One thing that was looked at. Its properties are the JSON form.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Subject">What was looked at: a file, an address, the clock.</param>
/// <param name="Message">What was found.</param>
/// <param name="Advice">What to do about it; null if nothing.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Message, string? Advice = null)
{
    public static Finding Ok(string subject, string message) => new(FindingLevel.Ok, subject, message);

    public static Finding Warn(string subject, string message, string advice) => new(FindingLevel.Warn, subject, message, advice);

    public static Finding Fail(string subject, string message, string advice) => new(FindingLevel.Fail, subject, message, advice);
}
