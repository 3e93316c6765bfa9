using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class AcceptErrorRecoveryTests : IDisposable
{
    private const string Refused = "Accepting a connection failed: Nearly all of the 300 files that this process may have open are: raise the limit";

    // Assemblies take half of them.
    private const int DescriptorLimit = 300;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Expose_without_descriptors_accepts_again_when_it_has_some_and_does_not_spin_meanwhile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This needs the limits of a Linux process.");
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using PosternProcess expose = Limit(["expose", "--listen", "127.0.0.1:0", "--to", $"{target.EndPoint}", "--handshake-timeout", "600", .. PosternProcess.Server(TestKeys.Default)]);
        IPEndPoint endPoint = await ListeningAsync();
        await using PosternProcess forward = PosternProcess.Forward(endPoint);
        await ExhaustAsync(expose, endPoint, await forward.ListeningAsync());
    }

    [Fact]
    public async Task Forward_without_descriptors_accepts_again_when_it_has_some_and_does_not_spin_meanwhile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This needs the limits of a Linux process.");
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint, "--multiplex");
        await using PosternProcess forward = Limit(
            ["forward", "--multiplex", "--listen", "127.0.0.1:0", "--server", $"{await expose.ListeningAsync()}", .. PosternProcess.Client(TestKeys.Default)]);
        IPEndPoint endPoint = await ListeningAsync();
        await ExhaustAsync(forward, endPoint, endPoint);
    }

    [Fact]
    public async Task The_roots_service_without_descriptors_stays_and_answers_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This needs the limits of a Linux process.");
        using TestInventory root = new(null, TimeProvider.System);
        root.Store.Dispose();
        IPEndPoint published = Wire.FreePort();
        IPEndPoint health = Wire.FreePort();
        await using PosternProcess service = Limit(
            ["rds", "serve", .. root.KeyArguments, "--listen", "127.0.0.1:0", "--public-listen", $"{published}", "--no-ui", "--admin-listen", $"{health}"]);
        await ListeningAsync();
        using HttpClient client = new();
        for (int round = 0; round < 2; round++)
        {
            List<Socket> sockets = [];
            foreach (IPEndPoint endPoint in (IPEndPoint[])[health, published])
            {
                for (int i = 0; i < DescriptorLimit; i++) sockets.Add(await Wire.ConnectAsync(endPoint));
            }

            long most = await Until.StillAsync(() => Descriptors.Count(service.Id));
            Assert.InRange(most, 64, DescriptorLimit - 1);
            foreach (Socket socket in sockets) Wire.Reset(socket);
            await Until.TrueAsync(() => AnswersAsync(client, new Uri($"http://{published}/root")), "it answers");
            await Until.TrueAsync(() => AnswersAsync(client, new Uri($"http://{health}/healthz")), "it says how it is");
        }
    }

    // As many connections as there are descriptors, twice; when they have gone others are served.
    private static async Task ExhaustAsync(PosternProcess daemon, IPEndPoint endPoint, IPEndPoint plain)
    {
        byte[] request = Wire.Random(10_000);
        Assert.Equal(request, await Wire.ExchangeAsync(plain, request));
        int before = (int)await Until.StillAsync(() => Descriptors.Count(daemon.Id));
        for (int round = 0; round < 2; round++)
        {
            int failures = daemon.Errors.Split(Refused).Length - 1;
            List<Socket> sockets = [];
            for (int i = 0; i < DescriptorLimit; i++) sockets.Add(await Wire.ConnectAsync(endPoint));
            await daemon.SaysAsync(Refused, failures + 1);
            foreach (Socket socket in sockets) Wire.Reset(socket);
            await Until.TrueAsync(() => Descriptors.Count(daemon.Id) <= before, "all of them are closed again");
            await ExchangeAsync(plain, request);
        }

        // Of an event that comes more than 20 times in a second the rest is counted, not written: it waits between two attempts.
        Assert.DoesNotContain("lines of this kind were left out", Lines(daemon), StringComparison.Ordinal);
    }

    // Those that were reset before anybody accepted them are accepted first; while they are as many as a tunnel takes, or as an address may open in a second, others are refused.
    private static Task ExchangeAsync(IPEndPoint plain, byte[] request) => Until.TrueAsync(
        async () =>
        {
            try
            {
                byte[] answer = await Wire.ExchangeAsync(plain, request);
                return answer.AsSpan().SequenceEqual(request);
            }
            catch (SocketException)
            {
                await Task.Delay(200);
                return false;
            }
        },
        "a connection is served");

    private static async Task<bool> AnswersAsync(HttpClient client, Uri address)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync(address, TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(100);
            return false;
        }
    }

    // What follows its own lines, without those of the connections that were cut.
    private static string Lines(PosternProcess daemon)
    {
        string[] lines = daemon.Errors.Split('\n');
        return string.Join('\n', lines.Where((_, i) => i + 1 < lines.Length && lines[i + 1].Contains(Refused, StringComparison.Ordinal)));
    }

    private PosternProcess Limit(IEnumerable<string> arguments) =>
        PosternProcess.Launch(["sh", "-c", $"ulimit -n {DescriptorLimit}; exec \"$@\"", "sh"], [.. arguments, "--ready-file", _folder["ready"]]);

    private async Task<IPEndPoint> ListeningAsync()
    {
        await Until.TrueAsync(() => File.Exists(_folder["ready"]), "it listens");
        return IPEndPoint.Parse((await File.ReadAllTextAsync(_folder["ready"], TestContext.Current.CancellationToken)).Trim());
    }
}
