using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>Reads what a side has to say before anything is relayed: fields of known size, in time.</summary>
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

    /// <summary>Reads within a time. A side that is late is cut, and so is one when it is called off: nothing goes on reading from it.</summary>
    /// <param name="end">The side.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="read">What is read.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <exception cref="IOException">It was late, ended before, or was cut.</exception>
    public static async Task<T> WithinAsync<T>(PlainEnd end, TimeSpan patience, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        CancellationTokenRegistration cut = deadline.Token.UnsafeRegister(static end => _ = ((PlainEnd)end!).AbortAsync().AsTask(), end);
        await using (cut.ConfigureAwait(false))
        {
            try
            {
                return await read().ConfigureAwait(false);
            }
            catch (Exception exception) when (deadline.IsCancellationRequested && exception is (IOException or SocketException or ObjectDisposedException))
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new IOException($"The other side did not say what it had to within {patience.TotalSeconds:0.#} s.", exception);
            }
        }
    }

    /// <inheritdoc cref="WithinAsync{T}"/>
    /// <param name="end">The side.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="talk">What is read, and said.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    public static Task WithinAsync(PlainEnd end, TimeSpan patience, Func<Task> talk, CancellationToken cancellationToken) =>
        WithinAsync(
            end,
            patience,
            async () =>
            {
                await talk().ConfigureAwait(false);
                return true;
            },
            cancellationToken);
}
