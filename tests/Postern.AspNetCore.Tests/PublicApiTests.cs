using System.Text;
using Postern.Storage;
using Postern.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>The public API, as it was last agreed on.</summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "POSTERN_ACCEPT_API";

    [Fact]
    public void The_public_api_changes_on_purpose_only()
    {
        string path = Path.Combine(RepositoryRoot.Path, "tests", "Postern.AspNetCore.Tests", "PublicApi", "Postern.AspNetCore.txt");
        string actual = PublicApi.Describe(typeof(IPosternConnectionFeature).Assembly);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1") AtomicFile.WritePublic(path, Encoding.UTF8.GetBytes(actual), overwrite: true);
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }
}
