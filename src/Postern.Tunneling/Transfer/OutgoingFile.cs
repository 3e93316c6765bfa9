using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Postern.Tunneling;

/// <summary>A file that is open and hashed, ready to be offered; as often as it takes.</summary>
public sealed class OutgoingFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private OutgoingFile(SafeFileHandle handle, FileOffer offer)
    {
        _handle = handle;
        Offer = offer;
    }

    /// <summary>The name that it is offered under.</summary>
    public string Name => Offer.Name;

    /// <summary>Size in bytes.</summary>
    public long Size => Offer.Size;

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(Offer.Digest);

    internal FileOffer Offer { get; }

    /// <summary>Opens a file and reads it once for its digest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name that it is offered under; its own if null.</param>
    /// <param name="progress">Where the reading is reported, on the thread that reads; null for nowhere.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TransferException">
    /// The file cannot be read, it changed meanwhile, or its name is not one that a receiver takes.
    /// </exception>
    public static async Task<OutgoingFile> OpenAsync(
        string path, string? name = null, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string offered = TransferName.Check(name ?? Path.GetFileName(Path.GetFullPath(path)));
        SafeFileHandle handle = Open(path);
        try
        {
            long size = RandomAccess.GetLength(handle);
            DateTimeOffset modified = new(File.GetLastWriteTimeUtc(handle));
            using IncrementalHash hash = FileDigest.Create();
            Action<long> report = progress is null ? _ => { } : done => progress.Report(new TransferProgress(TransferPhase.Hashing, offered, done, size));
            long read = await HashAsync(hash, handle, size, report, cancellationToken).ConfigureAwait(false);
            if (read != size || RandomAccess.GetLength(handle) != size) throw Changed(offered);
            return new OutgoingFile(handle, new FileOffer(offered, size, hash.GetHashAndReset(), modified));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>Hashes the first bytes.</summary>
    internal async Task AppendPrefixAsync(IncrementalHash hash, long length, Action<long> report, CancellationToken cancellationToken)
    {
        if (await HashAsync(hash, _handle, length, report, cancellationToken).ConfigureAwait(false) != length) throw Changed(Name);
    }

    /// <summary>Reads bytes that must be there.</summary>
    internal void Read(Span<byte> buffer, long position)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int size = RandomAccess.Read(_handle, buffer, position);
                if (size == 0) throw Changed(Name);
                buffer = buffer[size..];
                position += size;
            }
        }
        catch (IOException exception) when (exception is not TransferException)
        {
            throw Unreadable(Name, exception);
        }
    }

    /// <summary>What was read must be what was offered, and all there is.</summary>
    internal void ExpectUnchanged(ReadOnlySpan<byte> digest)
    {
        if (RandomAccess.GetLength(_handle) != Size || !digest.SequenceEqual(Offer.Digest)) throw Changed(Name);
    }

    private static async Task<long> HashAsync(
        IncrementalHash hash, SafeFileHandle handle, long length, Action<long> report, CancellationToken cancellationToken)
    {
        try
        {
            return await FileDigest.AppendAsync(hash, handle, length, report, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw Unreadable("The file", exception);
        }
    }

    private static SafeFileHandle Open(string path)
    {
        if (Directory.Exists(path)) throw new TransferException(TransferError.CannotRead, $"{path} is a folder: pack it first, with tar for instance.");
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!stream.CanSeek) throw new TransferException(TransferError.CannotRead, $"{path} is no file that can be read twice.");
            return File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TransferException(TransferError.CannotRead, $"{path}: there is no such file.", exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not TransferException))
        {
            throw Unreadable(path, exception);
        }
    }

    private static TransferException Unreadable(string what, Exception exception) =>
        new(TransferError.CannotRead, $"{what} cannot be read: {exception.Message}", exception);

    private static TransferException Changed(string name) =>
        new(TransferError.SourceChanged, $"{name} changed while it was read: send it again when nobody writes to it.");
}
