using System.Buffers;
using System.Security.Cryptography;

namespace Postern.Cli.Services;

/// <summary>Sends each message back. Holds no buffer between messages.</summary>
internal static class EchoService
{
    public static async Task RunAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        while (await channel.WaitForMessageAsync(cancellationToken) is > 0 and int size)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                await channel.ReceiveAsync(buffer, cancellationToken);
                await channel.SendAsync(buffer.AsMemory(0, size), cancellationToken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(buffer.AsSpan(0, size));
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
