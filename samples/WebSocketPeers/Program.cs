// WebSockets between peers that hold each other's keys: DUPLEX, where the server knows who calls. Both ends run in this program.
using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using Postern.AspNetCore;
using Postern.AspNetCore.Authentication;
using Postern.Qsmp;

using QsmpPrivateKey serverKey = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS5KyberS5); // postern key generate, for each
using QsmpPrivateKey clientKey = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS5KyberS5);

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UsePostern().ConfigureKestrel(kestrel => kestrel.ListenQsmpDuplex(
    new IPEndPoint(IPAddress.Loopback, QsmpDuplexPeer.DefaultPort),
    new QsmpDuplexListenOptions { Keys = [serverKey], TrustedKeys = TrustedKeys.Of(clientKey.GetPublicKey(QsmpMode.Duplex)) }));
builder.Services.AddAuthorization().AddAuthentication(PosternPeerDefaults.AuthenticationScheme).AddPosternPeer();
await using WebApplication app = builder.Build();
app.UseAuthentication().UseAuthorization().UseWebSockets();
app.Map("/live", async (HttpContext context, ClaimsPrincipal user) =>
{
    using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
    string greeting = $"hello, {user.FindFirstValue(ClaimTypes.NameIdentifier)}";
    await socket.SendAsync(Encoding.UTF8.GetBytes(greeting), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
}).RequireAuthorization();
await app.StartAsync();

using ClientWebSocket client = new();
using HttpMessageInvoker tunnel = new(new SocketsHttpHandler().UseQsmpDuplex(clientKey, serverKey.GetPublicKey(QsmpMode.Duplex)));
await client.ConnectAsync(new Uri($"ws://localhost:{QsmpDuplexPeer.DefaultPort}/live"), tunnel, CancellationToken.None);
byte[] buffer = new byte[256];
ValueWebSocketReceiveResult received = await client.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
string text = Encoding.UTF8.GetString(buffer, 0, received.Count);
Console.WriteLine(text);
Console.WriteLine(text.EndsWith(clientKey.Fingerprint, StringComparison.OrdinalIgnoreCase) ? "It is the client's key." : "It is another key.");
await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
await app.StopAsync();
