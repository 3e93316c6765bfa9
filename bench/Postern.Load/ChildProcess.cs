using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Postern.Load;

/// <summary>Another process of this program, which answers lines with lines. It ends with its input.</summary>
internal sealed class ChildProcess : IDisposable
{
    public const string StateCommand = "state";
    public const string EchoCommand = "echo";

    private readonly Process _process;

    private ChildProcess(IEnumerable<string> arguments)
    {
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("The program's own path is unknown.");
        ProcessStartInfo start = new(self, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };

        // One heap, given back as soon as it can be: the memory of connections is looked for, not that of the collector's haste.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "7";
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{self} did not start.");
    }

    public static async Task<(ChildProcess Server, IPEndPoint EndPoint)> ServeAsync(TunnelKind kind, IPAddress address, LoadKeys keys)
    {
        ChildProcess process = new(["server", $"{kind}", $"{address}", keys.Folder]);
        return (process, IPEndPoint.Parse(await process.ReadLineAsync()));
    }

    public static ChildProcess Connect(TunnelKind kind, IPEndPoint server, IPAddress source, int count, bool stall, LoadKeys keys) =>
        new(["client", $"{kind}", $"{server}", $"{source}", count.ToString(CultureInfo.InvariantCulture), $"{stall}", keys.Folder]);

    /// <summary>Asks a server how it is.</summary>
    public async Task<ServerState> GetStateAsync()
    {
        await _process.StandardInput.WriteLineAsync(StateCommand);
        return await ReadAsync<ServerState>();
    }

    /// <summary>Waits until a client has all its connections.</summary>
    public Task<ClientReport> WaitForConnectionsAsync() => ReadAsync<ClientReport>();

    /// <summary>Lets a client send and receive one message over each connection.</summary>
    public async Task<ClientReport> EchoAsync()
    {
        await _process.StandardInput.WriteLineAsync(EchoCommand);
        return await ReadAsync<ClientReport>();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30))) _process.Kill();
        _process.Dispose();
    }

    private async Task<T> ReadAsync<T>() =>
        JsonSerializer.Deserialize<T>(await ReadLineAsync()) ?? throw new InvalidOperationException("A process said nothing.");

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process ended before it answered; its error is above.");
}
