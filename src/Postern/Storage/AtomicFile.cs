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

    /// <summary>
    /// Writes a secret file and the public file that belongs to it, both or none. Both are written in full before the first takes its place.
    /// </summary>
    /// <param name="secretPath">Where the secret goes (mode 0600). Its folder must exist.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="publicPath">Where the public file goes (mode 0644). Its folder must exist.</param>
    /// <param name="publicData">The public file's content.</param>
    /// <param name="overwrite">Replace files that are there. Otherwise they stay, and the call fails.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">A file exists, or cannot be written; then what was there is there still.</exception>
    public static void WritePair(
        string secretPath, ReadOnlySpan<byte> secret, string publicPath, ReadOnlySpan<byte> publicData, bool overwrite = false)
    {
        using PreparedFile secretFile = new(secretPath, secret, SecretMode, overwrite);
        using PreparedFile publicFile = new(publicPath, publicData, PublicMode, overwrite);
        secretFile.CommitUndoably();
        try
        {
            publicFile.Commit();
        }
        catch
        {
            secretFile.Undo();
            throw;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> data, UnixFileMode mode, bool overwrite)
    {
        using PreparedFile file = new(path, data, mode, overwrite);
        file.Commit();
    }
}
