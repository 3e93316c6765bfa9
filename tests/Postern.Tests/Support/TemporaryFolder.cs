namespace Postern.Tests.Support;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postern-");

    public string Path => _folder.FullName;

    /// <summary>With the folders in it.</summary>
    public static TemporaryFolder CopyOf(string folder)
    {
        TemporaryFolder copy = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string target = copy.At(System.IO.Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = At(name);
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        stream.Write(content);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
