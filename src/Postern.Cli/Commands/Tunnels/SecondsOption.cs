using System.CommandLine;
using System.Globalization;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A time on the command line, in seconds.</summary>
internal static class SecondsOption
{
    // What timers take: 10 ms to 31 days. More is surely a mistake.
    private const double Least = 0.01;
    private const double Most = 31 * 86_400;

    // Time zones are at most 14 hours from Greenwich. More than two days surely is a mistake.
    private const double MostOffset = 2 * 86_400;

    public static Option<double> Create(string name, string description, double standard, bool allowZero = false) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryParse(text, out double seconds) && (seconds is >= Least and <= Most || (allowZero && seconds == 0))) return seconds;
            result.AddError($"{name} is {(allowZero ? "0, or " : string.Empty)}{Least} to {Most} seconds, not '{text}'.");
            return standard;
        },
    };

    /// <summary>A difference between clocks, of either sign.</summary>
    public static Option<double> CreateOffset(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryParse(text, out double seconds) && seconds is >= -MostOffset and <= MostOffset) return seconds;
            result.AddError($"{name} is {-MostOffset} to {MostOffset} seconds, not '{text}'.");
            return 0;
        },
    };

    /// <summary>0 stands for never.</summary>
    public static TimeSpan ZeroIsInfinite(double seconds) => seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    private static bool TryParse(string text, out double seconds) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out seconds);
}
