using Postern.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>What the guide shows is compiled.</summary>
public sealed class GuideTests
{
    private static readonly string Guide = Path.Combine("tests", "Postern.AspNetCore.Tests", "Guide.cs");

    [Fact]
    public void Every_line_of_code_in_the_guide_is_compiled() => AssertCompiled("aspnetcore.md", [Guide]);

    [Fact]
    public void Every_line_of_code_for_developers_is_a_samples()
    {
        string[] samples = [.. Directory.EnumerateDirectories(Path.Combine(RepositoryRoot.Path, "samples")).Select(folder => Path.Combine(folder, "Program.cs")).Where(File.Exists)];
        AssertCompiled("developers.md", samples);
    }

    private static void AssertCompiled(string guide, string[] sources)
    {
        HashSet<string> compiled = [.. sources.SelectMany(source => File.ReadLines(Path.Combine(RepositoryRoot.Path, source))).Select(line => line.Trim())];
        List<string> shown = [];
        bool isCode = false;
        foreach (string line in File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", guide)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = line == "```csharp";
            else if (isCode && line.Length > 0) shown.Add(line.Trim());
        }

        Assert.NotEmpty(shown);
        Assert.All(shown, line => Assert.Contains(line, compiled));
    }
}
