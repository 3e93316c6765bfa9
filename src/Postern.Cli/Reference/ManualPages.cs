using System.CommandLine;

namespace Postern.Cli.Reference;

/// <summary>The manual: a page for each command and one for the configuration file, by file name.</summary>
internal static class ManualPages
{
    public static IReadOnlyDictionary<string, string> Write(Command root, ManualEdition edition)
    {
        IReadOnlyList<CommandPlace> places = CommandPlace.All(root);
        Dictionary<string, string> pages = places.ToDictionary(place => $"{place.Page}.1", place => CommandManual.Write(place, places, edition), StringComparer.Ordinal);
        pages.Add($"{ConfigurationManual.Page}.5", ConfigurationManual.Write(places, edition));
        return pages;
    }
}
