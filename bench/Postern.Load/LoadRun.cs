using System.Diagnostics;
using System.Net;

namespace Postern.Load;

/// <summary>Servers and clients in processes of their own on this machine's loopback addresses, and what came out.</summary>
internal sealed class LoadRun(TunnelKind kind, LoadKeys keys)
{
    private static int _runs;

    private readonly int _network = ++_runs;

    /// <summary>Bytes that a connection costs a server process while nothing is said, beyond what the process had before.</summary>
    /// <remarks>A first few connections, which are let go again, bring the code and the pools into memory.</remarks>
    public async Task<(double BytesEach, ClientReport Connecting, ClientReport Echo)> MeasureIdleAsync(int count)
    {
        (ChildProcess server, IPEndPoint endPoint) = await ChildProcess.ServeAsync(kind, IPAddress.Loopback, keys);
        using (server)
        {
            using (ChildProcess warm = ChildProcess.Connect(kind, endPoint, Address(2), 200, stall: false, keys))
            {
                await warm.WaitForConnectionsAsync();
                await warm.EchoAsync();
            }

            // Twice: what saying it takes for the first time is the process's, and no connection's.
            await WaitForAsync(server, 0);
            ServerState before = await WaitForAsync(server, 0);
            using ChildProcess client = ChildProcess.Connect(kind, endPoint, Address(3), count, stall: false, keys);
            ClientReport connecting = await client.WaitForConnectionsAsync();
            ClientReport echo = await client.EchoAsync();
            ServerState after = await WaitForAsync(server, connecting.Done);
            return ((double)(after.Resident - before.Resident) / connecting.Done, connecting, echo);
        }
    }

    /// <summary>Many connections at once over several processes of each side.</summary>
    public async Task<(ServerState[] Servers, ClientReport[] Connecting, ClientReport[] Echoes, double Seconds)> MeasureManyAsync(int count, int perProcess)
    {
        int pairs = (count + perProcess - 1) / perProcess;
        List<(ChildProcess Server, IPEndPoint EndPoint)> servers = [];
        List<ChildProcess> clients = [];
        try
        {
            for (int i = 0; i < pairs; i++) servers.Add(await ChildProcess.ServeAsync(kind, Address(10 + i), keys));
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < pairs; i++)
            {
                int share = Math.Min(perProcess, count - (i * perProcess));
                clients.Add(ChildProcess.Connect(kind, servers[i].EndPoint, Address(100 + i), share, stall: false, keys));
            }

            ClientReport[] connecting = await Task.WhenAll(clients.Select(client => client.WaitForConnectionsAsync()));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            ClientReport[] echoes = await Task.WhenAll(clients.Select(client => client.EchoAsync()));
            ServerState[] states = await Task.WhenAll(servers.Select(server => server.Server.GetStateAsync()));
            return (states, connecting, echoes, seconds);
        }
        finally
        {
            foreach (ChildProcess client in clients) client.Dispose();
            foreach ((ChildProcess server, _) in servers) server.Dispose();
        }
    }

    /// <summary>Handshakes that are begun by clients that never read the answer, and the server's memory with and without them.</summary>
    public async Task<(ServerState Before, ServerState During, ServerState After)> MeasureStalledAsync(int count)
    {
        (ChildProcess server, IPEndPoint endPoint) = await ChildProcess.ServeAsync(kind, IPAddress.Loopback, keys);
        using (server)
        {
            using (ChildProcess warm = ChildProcess.Connect(kind, endPoint, Address(2), 4, stall: false, keys)) await warm.WaitForConnectionsAsync();
            ServerState before = await WaitForAsync(server, 0);
            ServerState during;
            using (ChildProcess client = ChildProcess.Connect(kind, endPoint, Address(3), count, stall: true, keys))
            {
                await client.WaitForConnectionsAsync();
                during = await SettleAsync(server);
            }

            return (before, during, await WaitForAsync(server, 0));
        }
    }

    // Another network for each run: addresses of an earlier one may wait for their last packets.
    private IPAddress Address(int last) => new([127, 1, (byte)_network, (byte)last]);

    private static async Task<ServerState> WaitForAsync(ChildProcess server, int connections)
    {
        while (true)
        {
            ServerState state = await server.GetStateAsync();
            if (state.Connections == connections && state.Pending == 0) return state;
            await Task.Delay(100);
        }
    }

    // Until no key is being made any more.
    private static async Task<ServerState> SettleAsync(ChildProcess server)
    {
        ServerState last = await server.GetStateAsync();
        while (true)
        {
            await Task.Delay(1000);
            ServerState state = await server.GetStateAsync();
            if (state.CpuSeconds - last.CpuSeconds < 0.2) return state;
            last = state;
        }
    }
}
