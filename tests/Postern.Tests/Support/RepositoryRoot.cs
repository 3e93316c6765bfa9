using System.Runtime.CompilerServices;

namespace Postern.Tests.Support;

/// <summary>Where the sources are, for tests that read them.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find([CallerFilePath] string file = "")
    {
        // A deterministic build replaces the source path; the output folder is inside the repository as well.
        string? folder = File.Exists(file) ? System.IO.Path.GetDirectoryName(file) : AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Postern.slnx"))) folder = System.IO.Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
