using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Commands;

public class ServeAndConnectTests
{
    [Fact]
    public async Task Five_megabytes_go_through_cat_and_back()
    {
        byte[] data = Wire.Random(5 << 20);
        await using PosternProcess serve = PosternProcess.Serve("--exec", "cat");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await connect.ExchangeAsync(data)));
        Assert.Equal(0, await connect.ExitAsync());
        serve.Terminate();
        Assert.Equal(0, await serve.ExitAsync());
    }

    [Fact]
    public async Task A_program_that_answers_after_the_end_gets_the_end()
    {
        byte[] data = Wire.Random(1 << 20);
        await using PosternProcess serve = PosternProcess.Serve("--exec", "sha256sum -b");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        string answer = Encoding.ASCII.GetString(await connect.ExchangeAsync(data));
        Assert.StartsWith(Convert.ToHexString(SHA256.HashData(data)), answer, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await connect.ExitAsync());
    }

    [Fact]
    public async Task A_program_that_ends_early_ends_the_connection_and_its_last_words_arrive()
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", "head -c 1000");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        using MemoryStream output = new();
        Task reading = connect.Output.CopyToAsync(output);
        await connect.Input.WriteAsync(new byte[1000]);
        await connect.Input.FlushAsync();
        await reading.WaitAsync(Wire.Limit);
        Assert.Equal(1000, output.Length);
        Assert.Equal(0, await connect.ExitAsync());
    }

    [Fact]
    public async Task A_reader_of_stdout_that_has_gone_ends_the_command()
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", "cat /dev/zero");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        await connect.Output.ReadExactlyAsync(new byte[1000]);
        connect.Output.Close();
        Assert.Equal(4, await connect.ExitAsync());
        Assert.Contains("Broken pipe", connect.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_killed_when_its_channel_ends()
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", "sh -c \"echo $$; exec sleep 1000\"");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        using StreamReader reader = new(connect.Output);
        string line = (await reader.ReadLineAsync().WaitAsync(Wire.Limit))!;
        int id = int.Parse(line, CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{id}"));
        connect.Kill();
        await Until.TrueAsync(() => !Directory.Exists($"/proc/{id}"), "the program is killed");
        await Until.TrueAsync(() => serve.Errors.Contains("was killed: ", StringComparison.Ordinal), "it is logged");
    }

    [Theory]
    [InlineData("sh -c \"echo part; exit 7\"", "7")]
    [InlineData("sh -c \"echo part; kill -9 $$\"", "137")]
    public async Task A_program_that_fails_breaks_the_connection_off(string program, string code)
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", program);
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        await connect.ExchangeAsync([]);
        Assert.Equal(3, await connect.ExitAsync());
        await Until.TrueAsync(() => serve.Errors.Contains($"ended with exit code {code}: the connection from ", StringComparison.Ordinal), "it is logged");
        Assert.DoesNotContain("was killed", serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named_at_the_start()
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", "no-such-program --help");
        Assert.Equal(4, await serve.ExitAsync());
        Assert.Contains("'no-such-program' is not there", serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_sides_replace_keys_while_the_echo_runs()
    {
        byte[] data = Wire.Random(4 << 20);
        await using PosternProcess serve = PosternProcess.Serve("--ratchet-after", "100000", "--verbose");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync(), "--ratchet-every", "5", "--allow-client-ratchet");
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await connect.ExchangeAsync(data)));
        Assert.Equal(0, await connect.ExitAsync());
        await Until.TrueAsync(() => serve.Errors.Contains("were replaced", StringComparison.Ordinal), "a ratchet is logged");
    }

    [Fact]
    public async Task A_client_ratchet_must_be_allowed()
    {
        await using PosternProcess connect = PosternProcess.Connect(new IPEndPoint(IPAddress.Loopback, 1), "--ratchet-every", "5");
        Assert.Equal(2, await connect.ExitAsync());
        Assert.Contains("--ratchet-every needs --allow-client-ratchet", connect.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_than_the_certificate_says_is_an_error()
    {
        await using PosternProcess serve = PosternProcess.Serve();
        await using PosternProcess connect = PosternProcess.Run(
            ["connect", $"{await serve.ListeningAsync()}", .. PosternProcess.Client(TestKeys.Other)]);
        Assert.Equal(3, await connect.ExitAsync());
        Assert.Contains("unknown certificate serial", connect.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_an_error()
    {
        await using PosternProcess connect = PosternProcess.Connect(new IPEndPoint(IPAddress.Loopback, 1));
        Assert.Equal(3, await connect.ExitAsync());
        Assert.Contains("Cannot connect to 127.0.0.1:1", connect.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_breaks_off_is_an_error()
    {
        await using PosternProcess serve = PosternProcess.Serve();
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        await connect.Input.WriteAsync("hello\n"u8.ToArray());
        await connect.Input.FlushAsync();
        await connect.Output.ReadExactlyAsync(new byte[6]);
        serve.Kill();
        Assert.Equal(3, await connect.ExitAsync());
        Assert.Contains("error: The connection ended without a goodbye", connect.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_ends_is_waited_for_as_long_as_was_asked()
    {
        using ServerIdentity identity = TestKeys.Default.CreateIdentity();
        await using QstpServer server = QstpServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0),
            new QstpServerOptions { Identities = [identity] },
            (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        await using PosternProcess connect = PosternProcess.Connect(server.LocalEndPoint, "--wait", "0.2");
        Assert.Empty(await connect.ExchangeAsync("question"u8.ToArray()));
        Assert.Equal(5, await connect.ExitAsync());
    }

    [Fact]
    public async Task In_a_rollover_the_clients_certificate_chooses_the_identity()
    {
        await using PosternProcess serve = PosternProcess.Serve("--cert", TestKeys.Renewed.CertificateFile, "--key", TestKeys.Renewed.KeyFile);
        foreach (TestKeys keys in (TestKeys[])[TestKeys.Default, TestKeys.Renewed])
        {
            await using PosternProcess connect = PosternProcess.Run(["connect", $"{await serve.ListeningAsync()}", .. PosternProcess.Client(keys)]);
            Assert.Equal("hello"u8.ToArray(), await connect.ExchangeAsync("hello"u8.ToArray()));
        }
    }
}
