using System.Text;
using Postern.Packets;

namespace Postern.Tunneling;

/// <summary>What the server says first on a stream that listens: the length in one byte, and the address that it has bound.</summary>
internal static class RemoteAddress
{
    public static ValueTask WriteAsync(MultiplexedStream stream, string address)
    {
        byte[] text = Encoding.UTF8.GetBytes(address);
        return stream.WriteAsync(new byte[] { checked((byte)text.Length) }.Concat(text).ToArray());
    }

    /// <summary>Reads it, made printable.</summary>
    /// <exception cref="IOException">The stream ended before, or was cut.</exception>
    public static async Task<string> ReadAsync(MultiplexedStream stream)
    {
        byte[] size = await FramedBytes.ReadAsync(stream, 1).ConfigureAwait(false);
        byte[] text = await FramedBytes.ReadAsync(stream, size[0]).ConfigureAwait(false);
        return ForeignText.Printable(Encoding.UTF8.GetString(text));
    }
}
