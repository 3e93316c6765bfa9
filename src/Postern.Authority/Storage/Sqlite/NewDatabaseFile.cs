namespace Postern.Authority.Storage;

/// <summary>
/// An empty file, readable by its owner alone, that a database is made in before it takes its name. SQLite gives the files beside it the
/// same mode. Disposing removes what is left over.
/// </summary>
internal sealed class NewDatabaseFile : IDisposable
{
    private readonly string _path;
    private readonly bool _overwrite;

    public NewDatabaseFile(string path, bool overwrite)
    {
        _path = Path.GetFullPath(path);
        _overwrite = overwrite;
        if (!overwrite && File.Exists(_path)) throw new IOException($"{path} exists already; it was left as it is.");
        string folder = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder {folder} does not exist.");
        TemporaryPath = $"{_path}.{Path.GetRandomFileName()}.tmp";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(TemporaryPath, options).Dispose();
    }

    public string TemporaryPath { get; }

    /// <summary>Takes the name, once the database is closed.</summary>
    public void Commit()
    {
        // A log that belonged to the file before would be played into this one.
        if (File.Exists(_path + "-wal")) throw new IOException($"{_path} is open in another process, or was left by one: open it once, then try again.");
        using (FileStream file = new(TemporaryPath, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
        File.Move(TemporaryPath, _path, _overwrite);
    }

    public void Dispose()
    {
        foreach (string end in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"]) File.Delete(TemporaryPath + end);
    }
}
