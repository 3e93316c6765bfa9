namespace Postern.Cli.Configuration;

/// <summary>An object of a configuration file: options, and where the command takes them the tunnels.</summary>
internal sealed record ConfigurationSection(ConfigurationPlace Place)
{
    public List<ConfigurationEntry> Entries { get; } = [];

    /// <summary>The objects under <c>tunnels</c>; null if there is no such name.</summary>
    public List<ConfigurationSection>? Tunnels { get; set; }

    public ConfigurationEntry? Find(string name) => Entries.Find(entry => entry.Name == name);
}
