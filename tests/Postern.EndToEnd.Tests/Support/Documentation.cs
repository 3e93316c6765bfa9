namespace Postern.EndToEnd.Tests.Support;

/// <summary>What docs/authority.md tells administrators to run.</summary>
internal static class Documentation
{
    /// <summary>The rights of a user who keeps an inventory and cannot change its past.</summary>
    public static string Rights(string user)
    {
        const string Start = "GRANT USAGE ON SCHEMA postern";
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "authority.md"));
        int first = Array.FindIndex(lines, line => line.StartsWith(Start, StringComparison.Ordinal));
        Assert.True(first >= 0, "The documentation grants nothing.");
        return string.Join('\n', lines.Skip(first).TakeWhile(line => line != "```")).Replace("clerk", user, StringComparison.Ordinal);
    }
}
