using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A number on the command line that is 1 or more.</summary>
internal static class CountOption
{
    public static Option<int> Create(string name, string description, int standard) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result => (int)(Parse(result, name, int.MaxValue) ?? standard),
    };

    /// <summary>Nothing if it is not given.</summary>
    public static Option<long?> CreateOptional(string name, string description, string unit) => new(name)
    {
        Description = description,
        HelpName = unit,
        CustomParser = result => Parse(result, name, long.MaxValue),
    };

    private static long? Parse(ArgumentResult result, string name, long most)
    {
        string text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= most) return number;
        result.AddError($"{name} is {(text.Length > 9 && text.All(char.IsAsciiDigit) ? $"1 to {most}" : "1 or more")}, not '{text}'.");
        return null;
    }
}
