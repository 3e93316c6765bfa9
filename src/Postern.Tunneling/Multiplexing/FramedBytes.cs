namespace Postern.Tunneling;

/// <summary>Reads fields of known size from a side.</summary>
internal static class FramedBytes
{
    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="IOException">It ended before, or was cut.</exception>
    public static async Task<byte[]> ReadAsync(PlainEnd end, int size)
    {
        byte[] bytes = new byte[size];
        for (int total = 0; total < size;)
        {
            int read = await end.ReadAsync(bytes.AsMemory(total)).ConfigureAwait(false);
            if (read == 0) throw new IOException("The other side ended in the middle of what it had to say.");
            total += read;
        }

        return bytes;
    }
}
