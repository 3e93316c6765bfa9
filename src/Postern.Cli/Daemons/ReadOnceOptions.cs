using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>What a reload cannot change: that it was changed is said, for nothing else shows it.</summary>
internal static class ReadOnceOptions
{
    /// <summary>Warns of every option that says something else now and will not be heard.</summary>
    /// <param name="logger">Where to.</param>
    /// <param name="start">What the daemon was started with.</param>
    /// <param name="now">What was read now, for the same command.</param>
    public static void Warn(ILogger logger, ParseResult start, ParseResult now)
    {
        if (start.CommandResult.Command is not DaemonCommand command) return;
        string[] changed = [.. command.ReadOnce.Where(option => Given(start, option) != Given(now, option)).Select(option => option.Name)];
        if (changed.Length > 0) DaemonLog.NeedsRestart(logger, string.Join(", ", changed));
    }

    private static string? Given(ParseResult result, Option option) =>
        result.GetResult(option) is { Implicit: false } given ? string.Join('\n', given.Tokens.Select(token => token.Value)) : null;
}
