using System.Net.Sockets;
using System.Text.Json;

namespace Postern.Cli.Status;

/// <summary>Asks running processes for their channels.</summary>
internal static class StatusQuery
{
    // 300,000 channels are 100 MB; whoever is at the other end is this user's own process.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The process's answer; null if nobody answers there any more.</summary>
    /// <exception cref="IOException">It answers, but not in time or with something else.</exception>
    public static async Task<ProcessReport?> AskAsync(string path, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            await using NetworkStream stream = new(socket, ownsSocket: false);
            return await JsonSerializer.DeserializeAsync<ProcessReport>(stream, JsonSerializerOptions.Web, deadline.Token);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or SocketException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new IOException($"{path} does not answer as it should: {exception.Message}", exception);
        }
    }
}
