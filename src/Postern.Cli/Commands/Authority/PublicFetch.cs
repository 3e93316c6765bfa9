namespace Postern.Cli.Commands.Authority;

/// <summary>Reads from a service's public part.</summary>
internal static class PublicFetch
{
    private const int MaxSize = 256 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static bool IsAddress(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets a file. An address without a path is the public part itself, and the file is looked for there.</summary>
    public static async Task<byte[]> GetAsync(string address, string name, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)) throw new CommandException(ExitCode.Usage, $"'{address}' is no address such as http://rds.example.org:8080/.");
        if (uri.AbsolutePath == "/") uri = new Uri(uri, name);
        using HttpClient http = new() { Timeout = Deadline, MaxResponseContentBufferSize = MaxSize };
        using HttpResponseMessage response = await http.GetAsync(uri, cancellationToken);
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType != "text/html") return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        throw new CommandException(
            ExitCode.Channel,
            $"{uri} has no such file (status {(int)response.StatusCode}): give the address of the service's public part, which 'postern rds serve' names at its start and which is not that of its pages.");
    }
}
