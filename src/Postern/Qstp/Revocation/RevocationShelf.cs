using System.Security;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Qstp.Revocation;

/// <summary>
/// The newest list of a root, in memory and in the cache file, and which list may take its place: one of a higher number that the root signed.
/// One writer at a time; anyone may read.
/// </summary>
internal sealed class RevocationShelf(RootCertificate root, RevocationMonitorOptions options)
{
    private volatile VerifiedRevocationList? _current;

    public VerifiedRevocationList? Current => _current;

    /// <summary>Takes what the cache file has, however old, if it is newer than what is there: its number counts.</summary>
    /// <exception cref="FormatException">The file is something else: whatever that is, it is not to be replaced by a list.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Load()
    {
        if (options.CacheFile is not { } path || !File.Exists(path)) return;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > RevocationList.MaxSize) throw new FormatException($"It has {file.Length} bytes.");
            byte[] data = new byte[file.Length];
            file.ReadExactly(data);
            VerifiedRevocationList kept = root.Verify(RevocationList.Parse(data), options.Policy);
            if (_current is not { } current || kept.Number > current.Number) _current = kept;
        }
        catch (Exception exception) when (exception is FormatException or ChannelException { Error: ChannelError.CertificateInvalid })
        {
            throw new FormatException(
                $"The cache file {path} is no revocation list of the root {root.SerialNumber}, and stays as it is: name another one, or remove it. {exception.Message}", exception);
        }
    }

    /// <summary>Takes a list in, and keeps it in the cache file. False if it is the one that is there.</summary>
    /// <param name="data">What the source has.</param>
    /// <param name="notKept">Gets what kept it from the cache file; it counts all the same.</param>
    /// <exception cref="FormatException">It is no list.</exception>
    /// <exception cref="ChannelException">It is not the root's, or the root is not valid.</exception>
    /// <exception cref="SecurityException">It is older than the one that is there, or contradicts it, or is from the future.</exception>
    public bool Accept(ReadOnlySpan<byte> data, Action<Exception> notKept)
    {
        if (_current is { } known && data.SequenceEqual(known.Bytes)) return false;
        VerifiedRevocationList list = root.Verify(RevocationList.Parse(data), options.Policy);
        if (!IsNewer(list)) return false;
        bool mayKeep = TryLoad(notKept);
        if (mayKeep && !IsNewer(list)) return false;
        DateTimeOffset now = options.Policy.Clock.GetUtcNow();
        if (list.IssuedAt - now > options.ClockTolerance)
        {
            throw new SecurityException($"List {list.Number} is from the future, {list.IssuedAt:u}; it is {now:u} here. Set the clocks.");
        }

        // Before it counts: a crash in between must not let an older one in later.
        if (mayKeep) Keep(list, notKept);
        _current = list;
        return true;
    }

    private bool IsNewer(VerifiedRevocationList list)
    {
        if (_current is not { } current || list.Number > current.Number) return true;
        if (list.Number < current.Number) throw new SecurityException($"List {list.Number} is older than list {current.Number}, which was seen before.");

        // Signed once more; the signature is not part of what it says.
        if (list.Body.SequenceEqual(current.Body)) return false;
        throw new SecurityException($"There are two different lists with the number {list.Number}: the root's key was used beside its inventory.");
    }

    // Another process may keep its lists in the same file: what it has seen is not to be replaced by something older.
    private bool TryLoad(Action<Exception> notKept)
    {
        try
        {
            Load();
            return true;
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            notKept(exception);
            return false;
        }
    }

    private void Keep(VerifiedRevocationList list, Action<Exception> notKept)
    {
        if (options.CacheFile is not { } path) return;
        try
        {
            AtomicFile.WritePublic(path, list.Bytes, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            notKept(exception);
        }
    }
}
