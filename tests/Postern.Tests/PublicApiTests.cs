using System.Reflection;
using System.Text;
using Postern.Storage;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>The public API, as it was last agreed on.</summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "POSTERN_ACCEPT_API";

    [Theory]
    [InlineData("Postern")]
    [InlineData("Postern.Cryptography")]
    public void The_public_api_changes_on_purpose_only(string assembly)
    {
        string path = Path.Combine(RepositoryRoot.Path, "tests", "Postern.Tests", "PublicApi", assembly + ".txt");
        string actual = PublicApi.Describe(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            AtomicFile.WritePublic(path, Encoding.UTF8.GetBytes(actual), overwrite: true);
            return;
        }

        string[] agreed = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] lines = actual.TrimEnd('\n').Split('\n');
        IEnumerable<string> difference =
            lines.Except(agreed, StringComparer.Ordinal).Select(line => "+ " + line)
                .Concat(agreed.Except(lines, StringComparer.Ordinal).Select(line => "- " + line));
        Assert.True(
            lines.SequenceEqual(agreed, StringComparer.Ordinal),
            $"The public API of {assembly} changed. If that is meant, run the tests once with {AcceptVariable}=1 and commit the file.\n"
            + string.Join('\n', difference));
    }
}
