using System.IO.Enumeration;

namespace Postern.Conformance;

/// <summary>What a run leaves out.</summary>
public sealed record ConformanceOptions
{
    /// <summary>
    /// Files to leave out, as patterns of their relative paths: <c>*</c> stands for any characters, slashes too, <c>?</c> for one. A
    /// pattern without a slash also matches the file's name alone. Default none.
    /// </summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    internal bool LeavesOut(string relativePath)
    {
        string name = relativePath[(relativePath.LastIndexOf('/') + 1)..];
        return Except.Any(pattern => Matches(pattern, relativePath) || (!pattern.Contains('/', StringComparison.Ordinal) && Matches(pattern, name)));
    }

    private static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
