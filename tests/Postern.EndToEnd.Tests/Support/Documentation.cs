namespace Postern.EndToEnd.Tests.Support;

/// <summary>What the documentation says that tests hold true.</summary>
internal static class Documentation
{
    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, name));

    /// <summary>The rights of a user who keeps an inventory and cannot change its past.</summary>
    public static string Rights(string user)
    {
        const string Start = "GRANT USAGE ON SCHEMA postern";
        string[] lines = Lines("authority.md");
        int first = Array.FindIndex(lines, line => line.StartsWith(Start, StringComparison.Ordinal));
        Assert.True(first >= 0, "The documentation grants nothing.");
        return string.Join('\n', lines.Skip(first).TakeWhile(line => line != "```")).Replace("clerk", user, StringComparison.Ordinal);
    }
}
