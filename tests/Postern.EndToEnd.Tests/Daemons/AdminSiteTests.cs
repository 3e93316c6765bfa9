using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>Health and metrics of a running daemon, compared with what was done to it.</summary>
public sealed class AdminSiteTests : IDisposable
{
    private const string Role = "postern_protocol=\"QSTP\",postern_role=\"server\"";

    private readonly HttpClient _client = new() { Timeout = Wire.Limit };

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Metrics_of_live_tunnels_are_what_was_done()
    {
        await using PosternProcess serve = PosternProcess.Serve("--admin-listen", "0");
        IPEndPoint endPoint = await serve.ListeningAsync();
        Uri admin = await AdminAsync(serve);
        await using SecureChannel first = await ConnectAsync(endPoint);
        SecureChannel second = await ConnectAsync(endPoint);
        for (int i = 0; i < 3; i++) await EchoAsync(first, 1000);
        await EchoAsync(second, 500);
        string suite = $"{Role},postern_suite=\"{first.Suite.Name}\"";

        string text = await _client.GetStringAsync(new Uri(admin, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(2, Value(text, $"postern_connections_active{{{Role}}}"));
        Assert.Equal(2, Value(text, $"postern_handshakes_total{{{suite}}}"));
        Assert.Equal(2, Value(text, $"postern_handshake_duration_seconds_count{{{suite}}}"));
        Assert.Equal(2, Value(text, $"postern_handshake_duration_seconds_bucket{{{suite},le=\"+Inf\"}}"));
        Assert.True(Value(text, $"postern_handshake_duration_seconds_sum{{{suite}}}") > 0, text);
        Assert.Equal(3500, Value(text, $"postern_io_bytes_total{{{Role},network_io_direction=\"receive\"}}"));
        Assert.Equal(3500, Value(text, $"postern_io_bytes_total{{{Role},network_io_direction=\"transmit\"}}"));
        Assert.Contains("# TYPE postern_io_bytes_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE postern_connections_active gauge\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE postern_handshake_duration_seconds histogram\n", text, StringComparison.Ordinal);

        // All instruments of the meter, whether anything was measured or not.
        foreach (string name in (string[])["postern_ratchets_total", "postern_open_failures_total"])
        {
            Assert.Contains($"# TYPE {name} counter\n", text, StringComparison.Ordinal);
        }

        // The runtime's.
        Assert.True(Value(text, "dotnet_process_memory_working_set_bytes") > 0, text);
        Assert.True(Value(text, "dotnet_gc_last_collection_heap_size_bytes{gc_heap_generation=\"gen2\"}") >= 0, text);
        Assert.Contains("# TYPE dotnet_gc_collections_total counter\n", text, StringComparison.Ordinal);

        await second.DisposeAsync();
        await Until.TrueAsync(() => Value(Metrics(admin), $"postern_connections_active{{{Role}}}") == 1, "the end of a channel is seen");
        await Assert.ThrowsAsync<ChannelException>(() => QstpClient.ConnectAsync(endPoint, TestKeys.Other.Verified, null, TestContext.Current.CancellationToken));
        await Until.TrueAsync(() => Metrics(admin).Contains($"postern_handshakes_total{{{Role},error_type=", StringComparison.Ordinal), "a failed handshake is seen");
    }

    [Fact]
    public async Task A_collector_gets_metrics_and_traces_by_OTLP()
    {
        ConcurrentDictionary<string, string> received = new(StringComparer.Ordinal);
        await using PlainServer collector = new(socket => CollectAsync(socket, received));
        await using PosternProcess serve = PosternProcess.Serve("--otlp", $"http://{collector.EndPoint}");
        await using (SecureChannel channel = await ConnectAsync(await serve.ListeningAsync())) await EchoAsync(channel, 1000);
        serve.Terminate();
        Assert.Equal(0, await serve.ExitAsync());
        Assert.Contains("postern.handshakes", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("postern.io", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("postern.handshake", received["/v1/traces"], StringComparison.Ordinal);

        await using PosternProcess wrong = PosternProcess.Serve("--otlp", "127.0.0.1:4318");
        Assert.Equal(2, await wrong.ExitAsync());
        Assert.Contains("--otlp is an address with http:// or https://", wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_good_until_it_drains()
    {
        await using PosternProcess serve = PosternProcess.Serve("--admin-listen", "127.0.0.1:0", "--drain-timeout", "30");
        IPEndPoint endPoint = await serve.ListeningAsync();
        Uri health = new(await AdminAsync(serve), "/healthz");
        SecureChannel channel = await ConnectAsync(endPoint);
        using (HttpResponseMessage answer = await _client.GetAsync(health, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(
                """{"status":"ok","listening":true,"identities":true,"revocation":true,"draining":false}""",
                (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd());
        }

        serve.Terminate();
        await serve.SaysAsync("Draining");
        using (HttpResponseMessage answer = await _client.GetAsync(health, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            JsonElement report = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            Assert.Equal("failing", report.GetProperty("status").GetString());
            Assert.True(report.GetProperty("draining").GetBoolean());
            Assert.False(report.GetProperty("listening").GetBoolean());
            Assert.True(report.GetProperty("identities").GetBoolean());
        }

        await channel.DisposeAsync();
        Assert.Equal(0, await serve.ExitAsync());
    }

    [Fact]
    public async Task A_revocation_list_that_is_missing_is_no_good_health()
    {
        using TestFolder folder = new();
        await using PosternProcess serve = PosternProcess.Serve("--admin-listen", "0", "--revocation-list", folder["none.qrl"]);
        await serve.ListeningAsync();
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(await AdminAsync(serve), "/healthz"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("\"revocation\":false", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_answers_reads_of_two_paths_and_nothing_else()
    {
        await using PosternProcess forward = PosternProcess.Forward(new IPEndPoint(IPAddress.Loopback, 1), "--admin-listen", "0");
        await forward.ListeningAsync();
        Uri admin = await AdminAsync(forward);
        using HttpResponseMessage other = await _client.GetAsync(new Uri(admin, "/"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using HttpResponseMessage post = await _client.PostAsync(new Uri(admin, "/metrics"), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task A_forwarder_is_healthy_while_the_tunnel_that_all_share_is_up()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        IPEndPoint later = Wire.FreePort();
        await using PosternProcess forward = PosternProcess.Forward(later, "--multiplex", "--admin-listen", "0");
        Uri health = new(await AdminAsync(forward), "/healthz");
        using (HttpResponseMessage without = await _client.GetAsync(health, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, without.StatusCode);
            Assert.Contains("\"tunnel\":false", await without.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await using PosternProcess expose = PosternProcess.Start(
            ["expose", "--multiplex", "--to", $"{target.EndPoint}", "--listen", $"{later}", .. PosternProcess.Server(TestKeys.Default)]);
        await expose.ListeningAsync();
        await forward.SaysAsync("is up");
        using HttpResponseMessage with = await _client.GetAsync(health, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);

        // An empty tunnel that ends is nothing to warn of.
        expose.Terminate();
        Assert.Equal(0, await expose.ExitAsync());
        Assert.DoesNotContain("was ended", expose.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_machines_are_let_in_only_if_they_are_meant_and_a_port_in_use_is_named()
    {
        await using PosternProcess outside = PosternProcess.Serve("--admin-listen", "0.0.0.0:0");
        Assert.Equal(2, await outside.ExitAsync());
        Assert.Contains("--admin-listen 0.0.0.0 is no loopback address", outside.Errors, StringComparison.Ordinal);

        await using PosternProcess meant = PosternProcess.Serve("--admin-listen", "0.0.0.0:0", "--unsafe-admin-listen");
        await meant.ListeningAsync();

        await using PlainServer other = new(PlainServer.EchoAsync);
        await using PosternProcess taken = PosternProcess.Run(
            ["serve", "--listen", "127.0.0.1:0", "--admin-listen", $"{other.EndPoint}", .. PosternProcess.Server(TestKeys.Default)]);
        Assert.Equal(3, await taken.ExitAsync());
        Assert.Contains($"Cannot listen on {other.EndPoint}: it is in use. Choose another with --admin-listen.", taken.Errors, StringComparison.Ordinal);
    }

    // One request after another: what each path was sent, byte for character.
    private static async Task CollectAsync(Socket socket, ConcurrentDictionary<string, string> received)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer) is > 0 and int size)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, size));
            string[] parts = text.ToString().Split("\r\n\r\n", 2);
            if (parts.Length < 2) continue;
            string length = parts[0].Split('\n').First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            if (parts[1].Length < int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture)) continue;
            received.AddOrUpdate(parts[0].Split(' ')[1], parts[1], (_, before) => before + parts[1]);
            text.Clear();
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        }
    }

    private static Task<SecureChannel> ConnectAsync(IPEndPoint endPoint) =>
        QstpClient.ConnectAsync(endPoint, TestKeys.Default.Verified, new QstpClientOptions { HandshakeTimeout = Wire.Limit }, TestContext.Current.CancellationToken);

    private static async Task EchoAsync(SecureChannel channel, int size)
    {
        await channel.SendAsync(Wire.Random(size), TestContext.Current.CancellationToken);
        Assert.Equal(size, await channel.ReceiveAsync(new byte[size], TestContext.Current.CancellationToken).AsTask().WaitAsync(Wire.Limit));
    }

    private static async Task<Uri> AdminAsync(PosternProcess process)
    {
        const string Line = "Health and metrics: ";
        await process.SaysAsync(Line);
        string rest = process.Errors[(process.Errors.IndexOf(Line, StringComparison.Ordinal) + Line.Length)..];
        return new Uri(rest[..rest.IndexOf("/healthz", StringComparison.Ordinal)]);
    }

    private static double Value(string text, string series)
    {
        string? line = Array.Find(text.Split('\n'), line => line.StartsWith($"{series} ", StringComparison.Ordinal));
        Assert.True(line is not null, $"There is no {series} in:\n{text}");
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private string Metrics(Uri admin)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(admin, "/metrics"));
        using HttpResponseMessage answer = _client.Send(request);
        using StreamReader reader = new(answer.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
