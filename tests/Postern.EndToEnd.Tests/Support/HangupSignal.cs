using System.Globalization;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>
/// SIGHUP under <c>nohup</c>: it is ignored, children inherit that, and .NET leaves it so. Tests of what the command does at SIGHUP need it as it
/// is everywhere else.
/// </summary>
internal static class HangupSignal
{
    private const string Status = "/proc/self/status";
    private const string IgnoredSignals = "SigIgn:";

    /// <summary>What to start a process by, so that it hears SIGHUP; nothing where it does anyway.</summary>
    public static string[] Launcher { get; } = IsIgnored() ? ["env", "--default-signal=HUP"] : [];

    private static bool IsIgnored()
    {
        if (!File.Exists(Status)) return false;
        string? line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(IgnoredSignals, StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line.AsSpan(IgnoredSignals.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1) != 0;
    }
}
