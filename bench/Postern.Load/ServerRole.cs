using System.Net;
using System.Text.Json;

namespace Postern.Load;

/// <summary>A server process: says where it listens, then how it is whenever a line asks for that.</summary>
internal static class ServerRole
{
    public static async Task RunAsync(TunnelKind kind, IPAddress address, LoadKeys keys)
    {
        IPEndPoint endPoint = new(address, 0);
        await using ILoadServer server = kind switch
        {
            TunnelKind.Tcp => SocketServer.Start(endPoint, null),
            TunnelKind.Tls => SocketServer.Start(endPoint, keys.Tls),
            TunnelKind.Qstp => TunnelServer.Qstp(endPoint, keys),
            TunnelKind.Duplex => TunnelServer.Duplex(endPoint, keys),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
        };
        await Console.Out.WriteLineAsync($"{server.EndPoint}");
        while (await Console.In.ReadLineAsync() == ChildProcess.StateCommand)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(Self.Measure(server.Connections, server.Pending)));
        }
    }
}
