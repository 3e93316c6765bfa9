using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A web server that is not ours: Python's.</summary>
internal sealed class HttpTarget : IAsyncDisposable
{
    private readonly Process _process;

    private HttpTarget(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Serves a folder; the test is skipped where Python is not there.</summary>
    public static async Task<HttpTarget> StartAsync(string folder, IPAddress address)
    {
        ProcessStartInfo start = new("python3", ["-u", "-m", "http.server", "--protocol", "HTTP/1.1", "--bind", $"{address}", "--directory", folder, "0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3, whose web server is the target, is not installed.");
            throw;
        }

        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        // "Serving HTTP on 127.0.0.1 port 41235 (http://127.0.0.1:41235/) ..."
        string line = await process.StandardOutput.ReadLineAsync().WaitAsync(Wire.Limit) ?? throw new InvalidOperationException("python3 -m http.server did not start.");
        int port = int.Parse(line.Split(" port ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        return new HttpTarget(process, new IPEndPoint(address, port));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
