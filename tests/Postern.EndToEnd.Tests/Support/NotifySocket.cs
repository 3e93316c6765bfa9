using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>What systemd is to a service that notifies it.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <summary>Binds.</summary>
    /// <param name="address">A path, or a name with @ that no file has.</param>
    public NotifySocket(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));
    }

    public string Address { get; }

    public Dictionary<string, string> Environment => new(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = Address };

    /// <summary>The lines of the next message.</summary>
    public async Task<string[]> NextAsync()
    {
        byte[] buffer = new byte[4096];
        int count = await _socket.ReceiveAsync(buffer).WaitAsync(Wire.Limit);
        return Encoding.UTF8.GetString(buffer, 0, count).Split('\n');
    }

    /// <summary>Lets messages wait until no more fit.</summary>
    public void Fill()
    {
        using Socket sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            while (true) sender.SendTo("x"u8, new UnixDomainSocketEndPoint(Address));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
        {
            // No more fit.
        }
    }

    public void Dispose() => _socket.Dispose();
}
