using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Postern.Tunneling;

/// <summary>What is there already under the name of an offered file.</summary>
internal static class TargetFile
{
    /// <summary>True if it is the very file that is offered, false if there is nothing, or nothing that may stay.</summary>
    /// <exception cref="TransferException">Something else is there.</exception>
    public static async Task<bool> IsThereAsync(
        FileReceiverOptions options, FileOffer offer, Action<long> report, CancellationToken cancellationToken)
    {
        FileInfo target = new(Path.Combine(options.Folder, offer.Name));
        if (target.LinkTarget is not null) throw Exists(offer, "a symbolic link");
        if (Directory.Exists(target.FullName)) throw Exists(offer, "a folder");
        if (!target.Exists) return false;
        if (target.Length == offer.Size && await HasDigestAsync(target.FullName, offer, report, cancellationToken).ConfigureAwait(false)) return true;
        return options.Overwrites ? false : throw Exists(offer, "another file");
    }

    private static async Task<bool> HasDigestAsync(string path, FileOffer offer, Action<long> report, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = FileDigest.Create();
        try
        {
            // An empty one need not be opened, and may be a pipe.
            if (offer.Size > 0)
            {
                using SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
                await FileDigest.AppendAsync(hash, handle, offer.Size, report, cancellationToken).ConfigureAwait(false);
            }

            return hash.GetHashAndReset().AsSpan().SequenceEqual(offer.Digest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody can tell what it is.
            return false;
        }
    }

    private static TransferException Exists(FileOffer offer, string what) =>
        new(TransferError.TargetExists, $"The receiver has {what} called {offer.Name}; it was left as it is.");
}
