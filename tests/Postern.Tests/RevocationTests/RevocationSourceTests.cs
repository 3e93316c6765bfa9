using System.Net.Sockets;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;
using Postern.Storage;
using Postern.Tests.Support;

namespace Postern.Tests.RevocationTests;

/// <summary>Where lists come from, and those that send something else.</summary>
public sealed class RevocationSourceTests
{
    private readonly ListPublisher _publisher = new();

    [Fact]
    public async Task A_list_comes_over_http()
    {
        byte[] list = _publisher.List(3, ListPublisher.ServerSerial);
        using ListServer server = new(stream => ListServer.AnswerAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {list.Length}", list));
        await using RevocationMonitor monitor = await StartAsync(RevocationSource.FromUri(server.Address));
        Assert.Equal((3L, null), (monitor.GetStatus().Number, monitor.GetStatus().Failure));

        // What may be a password is in no message.
        Assert.EndsWith("/lists/root.qrl", monitor.GetStatus().Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_comes_from_a_file_that_is_read_anew()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("root.qrl", _publisher.List(1));
        await using RevocationMonitor monitor = await StartAsync(RevocationSource.FromFile(path));
        AtomicFile.WritePublic(path, _publisher.List(2), overwrite: true);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, monitor.GetStatus().Number);
        File.Delete(path);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, monitor.GetStatus().Number);
        Assert.NotNull(monitor.GetStatus().Failure);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0", "404")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0", "no revocation list")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5000000000", "larger than any")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 100", "")]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz", "")]
    [InlineData("GIF89a", "")]
    public async Task Malformed_answers_are_failures_and_no_more(string head, string expected)
    {
        using ListServer server = new(stream => ListServer.AnswerAsync(stream, head, []));
        await using RevocationMonitor monitor = await StartAsync(RevocationSource.FromUri(server.Address));
        Assert.Null(monitor.Current);
        Assert.Contains(expected, monitor.GetStatus().Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_at_the_size_of_the_largest_list()
    {
        long sent = 0;
        using ListServer server = new(async stream =>
        {
            await ListServer.AnswerAsync(stream, "HTTP/1.1 200 OK\nConnection: close", []);
            byte[] chunk = new byte[1 << 20];
            while (true)
            {
                await stream.WriteAsync(chunk);
                sent += chunk.Length;
            }
        });
        await using RevocationMonitor monitor = await StartAsync(RevocationSource.FromUri(server.Address)).WaitAsync(TestServer.HangGuard);
        Assert.Contains("larger than any", monitor.GetStatus().Failure, StringComparison.Ordinal);
        Assert.InRange(sent, RevocationList.MaxSize / 2, 2L * RevocationList.MaxSize);
    }

    [Fact]
    public async Task An_answer_that_never_ends_is_given_up()
    {
        TaskCompletionSource end = new();
        using ListServer server = new(async stream =>
        {
            await ListServer.AnswerAsync(stream, "HTTP/1.1 200 OK\nContent-Length: 100", [1]);
            await end.Task;
        });
        await using RevocationMonitor monitor = await RevocationMonitor.StartAsync(
            ListPublisher.Authority.Root, RevocationSource.FromUri(server.Address), _publisher.Options with { Timeout = TimeSpan.FromMilliseconds(50) },
            TestContext.Current.CancellationToken).WaitAsync(TestServer.HangGuard);
        Assert.Contains("did not come within", monitor.GetStatus().Failure, StringComparison.Ordinal);
        end.SetResult();
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_and_no_more()
    {
        using ListServer server = new(_ => Task.CompletedTask);
        Uri address = server.Address;
        server.Dispose();
        await using RevocationMonitor monitor = await StartAsync(RevocationSource.FromUri(address));
        Assert.NotNull(monitor.GetStatus().Failure);
        await using RevocationMonitor broken = await StartAsync(RevocationSource.FromStream("broken", _ => throw new SocketException(1)));
        Assert.NotNull(broken.GetStatus().Failure);
    }

    [Theory]
    [InlineData("ftp://example.org/list")]
    [InlineData("file:///etc/passwd")]
    public void Other_schemes_are_refused(string address) => Assert.Throws<ArgumentException>(() => RevocationSource.FromUri(new Uri(address)));

    private Task<RevocationMonitor> StartAsync(RevocationSource source) =>
        RevocationMonitor.StartAsync(ListPublisher.Authority.Root, source, _publisher.Options, TestContext.Current.CancellationToken);
}
