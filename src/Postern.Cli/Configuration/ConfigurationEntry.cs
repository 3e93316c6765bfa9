namespace Postern.Cli.Configuration;

/// <summary>One name of a configuration file, with what it says and where.</summary>
/// <param name="Name">The option's long name without its dashes.</param>
/// <param name="Values">Its values as they would be typed; null for a switch that is off.</param>
/// <param name="Place">File, line and column.</param>
internal sealed record ConfigurationEntry(string Name, IReadOnlyList<string>? Values, ConfigurationPlace Place)
{
    /// <summary>It is true, and nothing else: a switch, or an option whose value is the word.</summary>
    public bool IsSwitch { get; init; }
}
