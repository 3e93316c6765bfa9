using System.CommandLine;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A time on the command line, in seconds.</summary>
internal static class SecondsOption
{
    public static Option<double> Create(string name, string description, double standard, bool allowZero = false)
    {
        Option<double> option = new(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            // Longer than a month is more than timers take, and surely a mistake.
            double seconds = result.GetValue(option);
            if (seconds is >= 0 and <= 2_592_000 && (allowZero || seconds > 0)) return;
            result.AddError($"{name} is {(allowZero ? "0" : "more than 0")} to 2592000 seconds.");
        });
        return option;
    }

    /// <summary>0 stands for never.</summary>
    public static TimeSpan ZeroIsInfinite(double seconds) => seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
}
