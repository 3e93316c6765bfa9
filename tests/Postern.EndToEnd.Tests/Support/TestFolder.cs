namespace Postern.EndToEnd.Tests.Support;

/// <summary>An empty folder that is removed after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("postern-").FullName;

    /// <summary>Names of everything in it, folders included.</summary>
    public IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Copies a file into it.</summary>
    public string Copy(string source, string name)
    {
        File.Copy(source, this[name]);
        return this[name];
    }

    /// <summary>Writes a file.</summary>
    public string Write(string name, ReadOnlySpan<byte> data)
    {
        Storage.AtomicFile.WriteSecret(this[name], data, overwrite: true);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
