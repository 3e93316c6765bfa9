namespace Postern.Storage;

/// <summary>
/// Writes files so that they are either there in full or not at all: a temporary file beside the target, flushed, then renamed.
/// </summary>
public static class AtomicFile
{
    /// <summary>Owner may read and write; nobody else anything. Kept by the rename. On Windows the folder's access list holds.</summary>
    private const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode PublicMode = SecretMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a file that anyone may read (mode 0644).</summary>
    /// <param name="path">Where to. Its folder must exist.</param>
    /// <param name="data">The content.</param>
    /// <param name="overwrite">Replace a file that is there. Otherwise it stays, and the call fails.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">The file exists, or cannot be written; then nothing was changed.</exception>
    public static void WritePublic(string path, ReadOnlySpan<byte> data, bool overwrite = false) => Write(path, data, PublicMode, overwrite);

    /// <summary>Writes a file that only its owner may read (mode 0600 from the moment it exists).</summary>
    /// <param name="path">Where to. Its folder must exist.</param>
    /// <param name="data">The content.</param>
    /// <param name="overwrite">Replace a file that is there. Otherwise it stays, and the call fails.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">The file exists, or cannot be written; then nothing was changed.</exception>
    public static void WriteSecret(string path, ReadOnlySpan<byte> data, bool overwrite = false) => Write(path, data, SecretMode, overwrite);

    private static void Write(string path, ReadOnlySpan<byte> data, UnixFileMode mode, bool overwrite)
    {
        string fullPath = Path.GetFullPath(path);
        if (!overwrite && File.Exists(fullPath)) throw new IOException($"'{path}' exists already; it was left as it is.");
        string folder = Path.GetDirectoryName(fullPath)!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder {folder} does not exist.");
        string temporary = $"{fullPath}.{Path.GetRandomFileName()}.tmp";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        try
        {
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(data);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, fullPath, overwrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            // The temporary name means nothing to whoever reads the message.
            throw new IOException($"'{path}' cannot be written: {exception.Message.Replace(temporary, fullPath, StringComparison.Ordinal)}", exception);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
