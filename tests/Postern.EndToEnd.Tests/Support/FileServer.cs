using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>As much of HTTP/1.1 as a client needs: the same file for every request, connections stay.</summary>
internal static class FileServer
{
    public static async Task ServeAsync(Socket socket, byte[] file)
    {
        byte[] header = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {file.Length}\r\n\r\n");
        byte[] buffer = new byte[16 * 1024];
        int have = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory(have)) is > 0 and int size)
        {
            have += size;
            if (buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8) < 0) continue;
            have = 0;
            await socket.SendAsync(header);
            await socket.SendAsync(file);
        }

        socket.Shutdown(SocketShutdown.Send);
    }
}
