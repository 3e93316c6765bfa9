using Postern.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>What the guide shows is compiled.</summary>
public sealed class GuideTests
{
    [Fact]
    public void Every_line_of_code_in_the_guide_is_compiled()
    {
        HashSet<string> compiled = [.. File.ReadLines(Path.Combine(RepositoryRoot.Path, "tests", "Postern.AspNetCore.Tests", "Guide.cs")).Select(line => line.Trim())];
        List<string> shown = [];
        bool isCode = false;
        foreach (string line in File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "aspnetcore.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = line == "```csharp";
            else if (isCode && line.Length > 0) shown.Add(line.Trim());
        }

        Assert.NotEmpty(shown);
        Assert.All(shown, line => Assert.Contains(line, compiled));
    }
}
