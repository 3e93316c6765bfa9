using System.Security.Cryptography;
using System.Text;

namespace Postern.Tunneling;

/// <summary>
/// The part of a file that has arrived, beside its target: <c>.NAME.DIGEST.part</c> with the first 16 digits of the offered digest. It
/// is locked while it is open, and survives whatever ends the transfer. Every failure is a <see cref="TransferException"/>.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int MaxFileName = 255;
    private const int DigestDigits = 16;
    private const int OpenAttempts = 8;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _stream;
    private readonly FileReceiverOptions _options;
    private readonly string _path;
    private readonly IncrementalHash _hash = FileDigest.Create();
    private bool _isCommitted;

    private PartialFile(FileStream stream, FileReceiverOptions options, string path)
    {
        _stream = stream;
        _options = options;
        _path = path;
    }

    /// <summary>Bytes that are there.</summary>
    public long Length { get; private set; }

    /// <summary>SHA-256 of the bytes that are there.</summary>
    public byte[] Digest => _hash.GetCurrentHash();

    public static string PathOf(FileReceiverOptions options, FileOffer offer)
    {
        string ending = $".{Convert.ToHexStringLower(offer.Digest)[..DigestDigits]}.part";
        return Path.Combine(options.Folder, $".{Shorten(offer.Name, MaxFileName - 1 - ending.Length)}{ending}");
    }

    /// <summary>Opens what an earlier attempt left, or a new one.</summary>
    public static PartialFile Open(FileReceiverOptions options, FileOffer offer)
    {
        string path = PathOf(options, offer);
        return Guard(options, () =>
        {
            for (int attempt = 0; attempt < OpenAttempts; attempt++)
            {
                if (TryOpen(path) is { } stream) return new PartialFile(stream, options, path);
            }

            throw new IOException("Someone else makes and removes it.");
        });
    }

    /// <summary>Hashes what is there. More than the whole cannot be right.</summary>
    public async Task HashAsync(long size, Action<long> report, CancellationToken cancellationToken)
    {
        long length = Guard(_options, () => _stream.Length);
        if (length > size)
        {
            Restart();
            return;
        }

        try
        {
            Length = await FileDigest.AppendAsync(_hash, _stream.SafeFileHandle, length, report, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsDiskError(exception))
        {
            throw Failure(_options, exception);
        }
    }

    /// <summary>Forgets what is there.</summary>
    public void Restart()
    {
        Guard(() => _stream.SetLength(0));
        _hash.GetHashAndReset();
        Length = 0;
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        try
        {
            _options.Writing(Length);
            RandomAccess.Write(_stream.SafeFileHandle, data, Length);
        }
        catch (Exception exception) when (IsDiskError(exception))
        {
            throw Failure(_options, exception);
        }

        _hash.AppendData(data);
        Length += data.Length;
    }

    /// <summary>Takes the target's place, once the disk has it all.</summary>
    public void Commit(string target, DateTimeOffset? modified, bool overwrite) => Guard(() =>
    {
        _stream.Flush(flushToDisk: true);
        if (modified is { } time) File.SetLastWriteTimeUtc(_stream.SafeFileHandle, time.UtcDateTime);

        // Elsewhere it stays locked until it has its name: nobody can take it for unfinished.
        if (OperatingSystem.IsWindows()) _stream.Dispose();
        try
        {
            File.Move(_path, target, overwrite);
            _isCommitted = true;
        }
        catch (IOException exception) when (!overwrite && Path.Exists(target))
        {
            throw new TransferException(TransferError.TargetExists, $"{Path.GetFileName(target)} has come into being meanwhile; it was left as it is.", exception);
        }
    });

    /// <summary>Removes it if nothing is in it. One that stays does no harm.</summary>
    public void DeleteIfEmpty()
    {
        try
        {
            if (_isCommitted || _stream.Length > 0) return;
            if (OperatingSystem.IsWindows()) _stream.Dispose();
            File.Delete(_path);
        }
        catch (Exception exception) when (IsDiskError(exception))
        {
            // What ended the transfer says more.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    // Null if it came or went meanwhile. A new file is never one that a link leads to (O_EXCL).
    private static FileStream? TryOpen(string path)
    {
        FileInfo before = new(path);
        if (before.LinkTarget is not null) throw new IOException("It is a symbolic link.");
        FileStream? stream = before.Exists ? OpenExisting(path) : Create(path);
        if (stream is null) return null;
        try
        {
            FileInfo after = new(path);
            if (after.LinkTarget is not null || !stream.CanSeek) throw new IOException("It is no regular file.");
            if (after.Exists) return stream;
            stream.Dispose();
            return null;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static FileStream? OpenExisting(string path)
    {
        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(stream.SafeFileHandle, OwnerOnly);
            return stream;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static FileStream? Create(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string Shorten(string name, int size)
    {
        if (Encoding.UTF8.GetByteCount(name) <= size) return name;
        StringBuilder shorter = new();
        foreach (Rune rune in name.EnumerateRunes())
        {
            size -= rune.Utf8SequenceLength;
            if (size < 0) break;
            shorter.Append(rune.ToString());
        }

        return shorter.ToString();
    }

    private void Guard(Action action) => Guard(_options, () =>
    {
        action();
        return true;
    });

    private static T Guard<T>(FileReceiverOptions options, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (IsDiskError(exception))
        {
            throw Failure(options, exception);
        }
    }

    private static bool IsDiskError(Exception exception) =>
        exception is UnauthorizedAccessException or (IOException and not TransferException);

    // The peer hears these words: where the folder is does not concern it.
    private static TransferException Failure(FileReceiverOptions options, Exception exception)
    {
        if (Disk.IsLocked(exception)) return new TransferException(TransferError.Busy, "The same file is being received already.", exception);
        if (Disk.IsFull(exception)) return new TransferException(TransferError.NoSpace, "The receiver's disk is full.", exception);
        string reason = exception.Message
            .Replace(options.Folder + Path.DirectorySeparatorChar, string.Empty, StringComparison.Ordinal)
            .Replace(options.Folder, "the folder", StringComparison.Ordinal);
        return new TransferException(TransferError.CannotWrite, $"The file cannot be written: {reason}", exception);
    }
}
