namespace Postern.Storage;

/// <summary>A file that is written in full beside its target, and takes its place when told to. Disposing removes what is left over.</summary>
internal sealed class PreparedFile : IDisposable
{
    private readonly string _path;
    private readonly string _fullPath;
    private readonly string _temporary;
    private readonly string _former;
    private readonly bool _overwrite;

    public PreparedFile(string path, ReadOnlySpan<byte> data, UnixFileMode mode, bool overwrite)
    {
        _path = path;
        _overwrite = overwrite;
        _fullPath = Path.GetFullPath(path);
        if (!overwrite && File.Exists(_fullPath)) throw new IOException($"'{path}' exists already; it was left as it is.");
        string folder = Path.GetDirectoryName(_fullPath)!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder {folder} does not exist.");
        string random = Path.GetRandomFileName();
        _temporary = $"{_fullPath}.{random}.tmp";
        _former = $"{_fullPath}.{random}.old";
        try
        {
            Write(data, mode);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw Failure(exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Takes the target's place.</summary>
    public void Commit() => Try(() => File.Move(_temporary, _fullPath, _overwrite));

    /// <summary>Takes the target's place, so that <see cref="Undo"/> can give it back. At every moment one of both is there.</summary>
    public void CommitUndoably() => Try(() =>
    {
        if (_overwrite && File.Exists(_fullPath)) File.Replace(_temporary, _fullPath, _former);
        else File.Move(_temporary, _fullPath);
    });

    /// <summary>Puts back what was there before <see cref="CommitUndoably"/>.</summary>
    public void Undo()
    {
        if (File.Exists(_former)) File.Move(_former, _fullPath, overwrite: true);
        else File.Delete(_fullPath);
    }

    public void Dispose()
    {
        File.Delete(_temporary);
        File.Delete(_former);
    }

    private void Write(ReadOnlySpan<byte> data, UnixFileMode mode)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using FileStream stream = new(_temporary, options);
        stream.Write(data);
        stream.Flush(flushToDisk: true);
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception);
        }
    }

    // The temporary name means nothing to whoever reads the message.
    private IOException Failure(Exception exception) =>
        new($"'{_path}' cannot be written: {exception.Message.Replace(_temporary, _fullPath, StringComparison.Ordinal)}", exception);
}
