using System.Net;
using System.Net.Sockets;

namespace Postern.Tests.Support;

/// <summary>Answers every HTTP request on a loopback port with the same bytes, status line and all, as the test says.</summary>
internal sealed class ListServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Stream, Task> _answer;

    public ListServer(Func<Stream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/lists/root.qrl?token=secret");

    public static async Task AnswerAsync(Stream stream, string head, byte[] body)
    {
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"));
        await stream.WriteAsync(body);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using NetworkStream stream = client.GetStream();
                if (await stream.ReadAsync(new byte[4096]) > 0) await _answer(stream);
            }
            catch (IOException)
            {
                // The monitor had enough.
            }
        }
    }
}
