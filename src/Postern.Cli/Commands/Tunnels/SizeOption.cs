using System.CommandLine;
using System.Globalization;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A size in bytes on the command line, with an optional unit: 500M, 2G.</summary>
internal static class SizeOption
{
    private const string Units = "KMGT";

    public static Option<long?> Create(string name, string description, long least = 0) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Parse(text) is { } size && size >= least) return size;
            result.AddError($"{name} is a number of bytes{(least > 0 ? $", {least} or more" : string.Empty)}, or one with a unit such as 500M or 2G; not '{text}'.");
            return null;
        },
    };

    /// <summary>Null if it is no size.</summary>
    public static long? Parse(string text)
    {
        int unit = text.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        string digits = unit < 0 ? text : text[..^1];
        long factor = 1L << (10 * (unit + 1));
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return null;
        return number <= long.MaxValue / factor ? number * factor : null;
    }
}
