using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Postern.Tunneling;

/// <summary>Reads a file for its digest.</summary>
internal static class FileDigest
{
    private const int ChunkSize = 256 * 1024;

    /// <summary>SHA-256.</summary>
    public static IncrementalHash Create() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Hashes a file's first bytes on another thread.</summary>
    /// <returns>How many there were: fewer than asked for if the file is shorter.</returns>
    public static Task<long> AppendAsync(
        IncrementalHash hash, SafeFileHandle file, long length, Action<long> report, CancellationToken cancellationToken) =>
        Task.Run(() => Append(hash, file, length, report, cancellationToken), cancellationToken);

    private static long Append(IncrementalHash hash, SafeFileHandle file, long length, Action<long> report, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            long position = 0;
            while (position < length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int size = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(ChunkSize, length - position)), position);
                if (size == 0) break;
                hash.AppendData(buffer, 0, size);
                position += size;
                report(position);
            }

            return position;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, ChunkSize));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
