using Postern.Qstp.Certificates;

namespace Postern.Qstp.Revocation;

/// <summary>Where a root's newest revocation list is. The list is signed: the way it comes need not be secret, nor authenticated.</summary>
public sealed class RevocationSource
{
    private const int BufferSize = 64 * 1024;

    // Nothing is unpacked, for a small body can be a large one packed; nothing is kept between requests.
    private static readonly Lazy<HttpClient> Client = new(() => new HttpClient(new SocketsHttpHandler
    {
        MaxAutomaticRedirections = 5,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan });

    private readonly Func<CancellationToken, Task<Stream>> _open;

    private RevocationSource(string name, Func<CancellationToken, Task<Stream>> open)
    {
        Name = name;
        _open = open;
    }

    /// <summary>What it is in messages: a path, an address.</summary>
    public string Name { get; }

    /// <summary>A file, which is read anew each time.</summary>
    public static RevocationSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new RevocationSource(path, _ => Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));
    }

    /// <summary>An address of the schemes http or https, asked with GET.</summary>
    /// <param name="address">The address.</param>
    /// <param name="client">Who asks; one of this library's if null.</param>
    /// <exception cref="ArgumentException">It has another scheme.</exception>
    public static RevocationSource FromUri(Uri address, HttpClient? client = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is no address that begins with http:// or https://.", nameof(address));
        }

        // Without what may be a password in it.
        string name = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return new RevocationSource(name, token => OpenAsync(client ?? Client.Value, address, token));
    }

    /// <summary>Whatever the function opens; the stream is disposed of after it was read.</summary>
    public static RevocationSource FromStream(string name, Func<CancellationToken, Task<Stream>> open)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(open);
        return new RevocationSource(name, open);
    }

    /// <summary>All that is there, of at most the size of the largest list.</summary>
    internal async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        Stream stream = await _open(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // It grows with what comes, not with what is announced.
            byte[] data = new byte[BufferSize];
            int size = 0;
            while (true)
            {
                int count = await stream.ReadAsync(data.AsMemory(size), cancellationToken).ConfigureAwait(false);
                if (count == 0) return data.AsMemory(0, size);
                size += count;
                if (size > RevocationList.MaxSize) throw TooLarge();
                if (size == data.Length) Array.Resize(ref data, Math.Min(2 * size, RevocationList.MaxSize + 1));
            }
        }
    }

    private static async Task<Stream> OpenAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        try
        {
            response.EnsureSuccessStatusCode();
            if (response.Content.Headers.ContentLength > RevocationList.MaxSize) throw TooLarge();

            // Disposing of the stream ends the response.
            return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static FormatException TooLarge() => new($"What came is larger than any revocation list: more than {RevocationList.MaxSize} bytes.");
}
