using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Demo;

/// <summary>An ordinary web server (Kestrel) that knows nothing of tunnels, with one file.</summary>
internal sealed class DemoFileService : IAsyncDisposable
{
    /// <summary>Text at the start of the file, for the eavesdropper to look for.</summary>
    public const string Marker = "The eavesdropper must never read this line.";

    private readonly WebApplication _application;

    private DemoFileService(WebApplication application, string digest)
    {
        _application = application;
        Digest = digest;
    }

    /// <summary>SHA-256 of the file, as hexadecimal digits.</summary>
    public string Digest { get; }

    public IPEndPoint EndPoint
    {
        get
        {
            string address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        }
    }

    public static async Task<DemoFileService> StartAsync(string folder, int size, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, "file.bin");
        string digest = await WriteFileAsync(path, size, cancellationToken);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        application.MapGet("/file.bin", () => Results.File(path, "application/octet-stream"));
        await application.StartAsync(cancellationToken);
        return new DemoFileService(application, digest);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource soon = new(TimeSpan.FromSeconds(1));
        await _application.StopAsync(soon.Token);
        await _application.DisposeAsync();
    }

    private static async Task<string> WriteFileAsync(string path, int size, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[1024 * 1024];
        await using FileStream file = File.Create(path);
        for (int written = 0; written < size; written += chunk.Length)
        {
            RandomNumberGenerator.Fill(chunk);
            if (written == 0) System.Text.Encoding.ASCII.GetBytes(Marker, chunk);
            hash.AppendData(chunk);
            await file.WriteAsync(chunk, cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
