using System.Reflection;
using System.Xml.Linq;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>What the folders may use. Read from the sources: a compiled body does not show its names.</summary>
public sealed class ArchitectureTests
{
    private static readonly string Sources = Path.Combine(RepositoryRoot.Path, "src");

    [Theory]
    [InlineData("Packets")]
    [InlineData("Channels")]
    [InlineData("Handshakes")]
    [InlineData("Qstp/Certificates")]
    [InlineData("Qsmp/Keys")]
    public void Pure_folders_use_no_sockets_no_streams_and_no_tasks(string folder)
    {
        string[] forbidden = ["System.Net", "Socket", "Stream ", "Stream(", "Task", "async ", "await ", " File.", "Postern.Connections"];
        foreach (string file in Directory.GetFiles(Path.Combine(Sources, "Postern", folder), "*.cs"))
        {
            if (Path.GetFileName(file) == "HandshakeDriver.cs") continue;
            string code = CodeOf(file);
            foreach (string word in forbidden) Assert.False(code.Contains(word, StringComparison.Ordinal), $"{file} uses '{word}'.");
        }
    }

    [Theory]
    [InlineData("Packets", "Channels Handshakes Qstp Qsmp Connections")]
    [InlineData("Channels", "Handshakes Qstp Qsmp Connections")]
    [InlineData("Handshakes", "Qstp Qsmp")]
    [InlineData("Connections", "Qstp Qsmp")]
    [InlineData("Qstp", "Qsmp")]
    [InlineData("Qsmp", "Qstp")]
    [InlineData("Storage", "Channels Handshakes Qstp Qsmp Connections")]
    public void Folders_depend_one_way(string folder, string forbidden)
    {
        string path = Path.Combine(Sources, "Postern", folder);
        foreach (string file in Directory.GetFiles(path, "*.cs", SearchOption.AllDirectories))
        {
            string code = CodeOf(file);
            foreach (string other in forbidden.Split(' '))
            {
                Assert.False(code.Contains($"Postern.{other}", StringComparison.Ordinal), $"{file} uses Postern.{other}.");
                Assert.False(code.Contains($" {other}.", StringComparison.Ordinal), $"{file} uses {other}.");
            }
        }
    }

    [Fact]
    public void Projects_reference_each_other_one_way()
    {
        Dictionary<string, string[]> allowed = new(StringComparer.Ordinal)
        {
            ["Postern.Cryptography"] = [],
            ["Postern"] = ["Postern.Cryptography"],
            ["Postern.Conformance"] = ["Postern"],
            ["Postern.AspNetCore"] = ["Postern"],
            ["Postern.Authority"] = ["Postern"],
            ["Postern.Authority.Service"] = ["Postern", "Postern.AspNetCore", "Postern.Authority"],
            ["Postern.Tunneling"] = ["Postern"],
            ["Postern.Cli"] = ["Postern", "Postern.Conformance", "Postern.AspNetCore", "Postern.Authority", "Postern.Authority.Service", "Postern.Tunneling"],
        };
        foreach (string project in Directory.GetFiles(Sources, "*.csproj", SearchOption.AllDirectories))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.True(allowed.TryGetValue(name, out string[]? references), $"{name} is not in the architecture.");
            IEnumerable<string> actual = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            string[] may = name == "Postern.Cryptography" ? [] : [.. references, "Postern.Cryptography"];
            Assert.All(actual, reference => Assert.True(may.Contains(reference, StringComparer.Ordinal), $"{name} references {reference}."));
        }
    }

    [Fact]
    public void The_cryptography_references_the_base_libraries_only()
    {
        AssemblyName[] references = typeof(Cryptography.SecretBytes).Assembly.GetReferencedAssemblies();
        Assert.All(references, reference => Assert.StartsWith("System", reference.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(references, reference => reference.Name!.StartsWith("System.Net", StringComparison.Ordinal));
    }

    [Fact]
    public void Unsafe_code_is_in_the_cryptography_and_in_the_calls_of_PKCS11()
    {
        string[] places = [Path.Combine(Sources, "Postern.Cryptography"), Path.Combine(Sources, "Postern.Authority", "Pkcs11")];
        string[] unsafeFiles =
        [
            .. Directory.GetFiles(Sources, "*.cs", SearchOption.AllDirectories).Where(file => CodeOf(file).Contains(" unsafe ", StringComparison.Ordinal)),
        ];
        Assert.Contains(unsafeFiles, file => file.StartsWith(places[1], StringComparison.Ordinal));
        Assert.All(unsafeFiles, file => Assert.True(places.Any(place => file.StartsWith(place, StringComparison.Ordinal)), $"{file} has unsafe code."));
    }

    // Without its comments.
    private static string CodeOf(string file) => string.Join('\n', File.ReadLines(file)
        .Select(line => line.IndexOf("//", StringComparison.Ordinal) is var start and >= 0 ? line[..start] : line));
}
