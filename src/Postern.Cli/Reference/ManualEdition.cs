using System.Globalization;
using Postern.Cli.Terminal;

namespace Postern.Cli.Reference;

/// <summary>Date and version of the manual.</summary>
/// <param name="Date">The day.</param>
/// <param name="Version">The version of the command.</param>
internal sealed record ManualEdition(DateTimeOffset Date, string Version)
{
    /// <summary>What a build gives for the same pages every time.</summary>
    private const string DateVariable = "SOURCE_DATE_EPOCH";

    /// <summary>This version, today unless the environment says another day.</summary>
    public static ManualEdition Of(CommandTerminal terminal)
    {
        DateTimeOffset date = long.TryParse(terminal.GetVariable(DateVariable), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : terminal.Clock.GetUtcNow();
        return new ManualEdition(date, ProductVersion.Text);
    }
}
