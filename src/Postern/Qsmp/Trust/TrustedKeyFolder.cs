namespace Postern.Qsmp;

/// <summary>Reads the public keys of a folder and keeps them until a file changes.</summary>
internal sealed class TrustedKeyFolder(string path, TimeProvider clock)
{
    public const string Pattern = "*.qpkey";

    // Far more than the longest public key takes as text.
    private const int MaxFileSize = 64 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Two changes in one tick of the file system's clock leave the same date: what was written a moment before it was read is read again.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private FileStamp[]? _stamps;
    private DateTimeOffset _readAt;
    private bool _isSettled;
    private TrustedKeySet _current = TrustedKeySet.Empty;

    /// <summary>What the folder holds, a second old at most.</summary>
    public TrustedKeySet Read()
    {
        lock (_lock)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (_stamps is not null && (now - _readAt).Duration() < Interval) return _current;
            _readAt = now;
            try
            {
                Update(now);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Fail closed: a list that can no longer be checked would keep peers that were removed.
                _stamps = [];
                _isSettled = false;
                _current = new TrustedKeySet([], [new BrokenKeyFile(path, exception.Message)]);
            }

            return _current;
        }
    }

    private void Update(DateTimeOffset now)
    {
        FileStamp[] stamps = [.. new DirectoryInfo(path).EnumerateFiles(Pattern)
            .Select(file => new FileStamp(file))
            .OrderBy(stamp => stamp.Path, StringComparer.Ordinal)];
        if (_isSettled && stamps.SequenceEqual(_stamps!)) return;
        _current = Parse(stamps);
        _stamps = stamps;
        _isSettled = stamps.All(stamp => !stamp.IsLink && (now - stamp.Written).Duration() > Settled);
    }

    private static TrustedKeySet Parse(FileStamp[] stamps)
    {
        List<QsmpPublicKey> keys = [];
        List<BrokenKeyFile> broken = [];
        foreach (FileStamp stamp in stamps)
        {
            try
            {
                keys.Add(QsmpPublicKey.Parse(ReadFile(stamp.Path)));
            }
            catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
            {
                broken.Add(new BrokenKeyFile(stamp.Path, exception.Message));
            }
        }

        return new TrustedKeySet(keys, broken);
    }

    // The size is taken from what is read, not from the directory: a device or a growing file would never end.
    private static byte[] ReadFile(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] data = new byte[MaxFileSize + 1];
        int length = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        return length <= MaxFileSize ? data[..length] : throw new FormatException($"The file is larger than {MaxFileSize} bytes.");
    }

    // Size and date of a link are its own, not those of the file that it leads to.
    private readonly record struct FileStamp(string Path, long Length, DateTimeOffset Written, bool IsLink)
    {
        public FileStamp(FileInfo file)
            : this(
                file.FullName,
                file.Length,
                new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero),
                file.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
        }
    }
}
