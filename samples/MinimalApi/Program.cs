// A web API behind a post-quantum tunnel, and HttpClient in front of it: both in this program. HTTP/2; without the one line it is HTTP/1.1.
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Postern.AspNetCore;
using Postern.Qstp;
using Postern.Qstp.Certificates;

// A real server loads three files that postern made, or names them in its configuration.
using RootKey rootKey = RootKey.Generate(QstpSuites.DilithiumS3KyberS3, "Example root", TimeSpan.FromDays(365));
RootCertificate root = rootKey.CreateCertificate();
using ServerKey serverKey = ServerKey.Generate(QstpSuites.DilithiumS3KyberS3, "Example server", TimeSpan.FromDays(90));
ServerCertificate certificate = rootKey.SignCertificate(serverKey.CreateRequest());
using ServerIdentity identity = ServerIdentity.Create(root, certificate, serverKey);

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UsePostern().ConfigureKestrel(kestrel => kestrel.ListenQstp(
    new IPEndPoint(IPAddress.Loopback, QstpServer.DefaultPort),
    new QstpServerOptions { Identities = [identity] },
    listen => listen.Protocols = HttpProtocols.Http2));
await using WebApplication app = builder.Build();
app.MapGet("/time", () => new { Utc = TimeProvider.System.GetUtcNow() });
app.MapPost("/sum", (int[] numbers) => numbers.Sum());
app.MapGet("/tunnel", (HttpContext context) =>
    $"{context.Request.Protocol} {context.Request.Scheme} {context.Features.Get<IPosternConnectionFeature>()!.Suite.Name}");
await app.StartAsync();

// The client trusts the root. Each pooled connection is one tunnel; the address begins with http, for the tunnel is not TLS.
using HttpClient client = new(new SocketsHttpHandler().UseQstp(root.Verify(certificate)))
{
    BaseAddress = new Uri($"http://localhost:{QstpServer.DefaultPort}/"),
    DefaultRequestVersion = HttpVersion.Version20,
    DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
};
Console.WriteLine(await client.GetStringAsync(new Uri("tunnel", UriKind.Relative)));
Console.WriteLine(await client.GetStringAsync(new Uri("time", UriKind.Relative)));
using HttpResponseMessage sum = await client.PostAsJsonAsync(new Uri("sum", UriKind.Relative), (int[])[1, 2, 3]);
Console.WriteLine(await sum.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
await app.StopAsync();
