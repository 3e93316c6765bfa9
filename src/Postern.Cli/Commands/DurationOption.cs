using System.CommandLine;
using System.Globalization;

namespace Postern.Cli.Commands;

/// <summary>A time on the command line as a number with its unit: 90s, 5m, 12h, 30d, 8w.</summary>
internal static class DurationOption
{
    private const int MostDigits = 5;

    /// <summary>Null if it is not given: the description says what that means.</summary>
    public static Option<TimeSpan?> Create(string name, string description, TimeSpan least, TimeSpan most) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Parse(text) is { } time && time >= least && time <= most) return time;
            result.AddError($"{name} is a time from {Text(least)} to {Text(most)} such as 90s, 5m, 12h or 7d, not '{text}'.");
            return null;
        },
    };

    /// <summary>Null if it is no time.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length is < 2 or > MostDigits + 1) return null;
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            'w' => TimeSpan.FromDays(7 * count),
            _ => null,
        };
    }

    /// <summary>In the largest unit that has something to count: 2 d, 3 h, 5 min, 7 s.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.TotalDays:0.#} d",
        { TotalHours: >= 1 } => $"{time.TotalHours:0.#} h",
        { TotalMinutes: >= 1 } => $"{time.TotalMinutes:0.#} min",
        _ => $"{time.TotalSeconds:0} s",
    };
}
