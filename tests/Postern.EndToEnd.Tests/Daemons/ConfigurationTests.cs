using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Cli;
using Postern.Cli.Configuration;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>Options from a file and from the environment, and many tunnels in one process.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string File => _folder["postern.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_command_takes_its_options_from_a_file()
    {
        Write($$"""
            {
              // Comments are allowed.
              "$schema": "config.schema.json",
              "listen": "127.0.0.1:0",
              "root": ["{{TestKeys.Default.RootFile}}"],
              "cert": "{{TestKeys.Default.CertificateFile}}",
              "key": "{{TestKeys.Default.KeyFile}}",
              "max-connections": 1,
              "quiet": false,
              "verbose": true,
            }
            """);
        await using PosternProcess serve = PosternProcess.Start("serve", "--config", File);
        IPEndPoint endPoint = await serve.ListeningAsync();
        await using SecureChannel channel = await ConnectAsync(endPoint, TestKeys.Default);
        await EchoAsync(channel);
        await serve.SaysAsync("established");
        await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(endPoint, TestKeys.Default));

        // The limit that is read anew counts the connection that was there.
        Write((await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).Replace("\"max-connections\": 1", "\"max-connections\": 2", StringComparison.Ordinal));
        serve.Hangup();
        await serve.SaysAsync("New connections go by what was read now");
        await using SecureChannel second = await ConnectAsync(endPoint, TestKeys.Default);
        await EchoAsync(second);
        await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(endPoint, TestKeys.Default));

        Write("{ \"listen\": ");
        serve.Hangup();
        await serve.SaysAsync($"Nothing was changed, all goes on as before: {File}:1:");
        await EchoAsync(channel);
    }

    [Fact]
    public async Task The_command_line_goes_before_the_environment_and_that_before_the_file()
    {
        Write($$"""{ "root": "none.qrr", "cert": "none.qrc", "key": "none.qsk", "listen": "127.0.0.1:0", "verbose": true }""");
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["POSTERN_ROOT"] = TestKeys.Default.RootFile,
            ["POSTERN_CERT"] = TestKeys.Default.CertificateFile,
            ["POSTERN_KEY"] = "neither.qsk",
        };
        await using PosternProcess serve = PosternProcess.StartWith(environment, "serve", "--config", File, "--key", TestKeys.Default.KeyFile);
        await using SecureChannel channel = await ConnectAsync(await serve.ListeningAsync(), TestKeys.Default);
        await EchoAsync(channel);
        await serve.SaysAsync("established");
    }

    [Theory]
    [InlineData("{\n  \"lisen\": \"127.0.0.1:0\"\n}", ":2:3: 'lisen' is no option of 'postern serve'.")]
    [InlineData("{\n  \"listen\": \"127.0.0.1:x\"\n}", ":2:3: 'x' in '127.0.0.1:x' is no port")]
    [InlineData("{\n  \"drain-timeout\": true\n}", ":2:3: 'drain-timeout' takes a value")]
    [InlineData("{\n  \"verbose\": 1\n}", ":2:3: 'verbose' is true or false.")]
    [InlineData("{\n  \"listen\": [\"1\", \"2\"]\n}", ":2:3: 'listen' takes one value, not a list.")]
    [InlineData("{\n  \"listen\": {}\n}", ":2:13: 'listen' takes a text")]
    [InlineData("{\n  \"listen\": \"1\",\n  \"listen\": \"2\"\n}", ":3:3: 'listen' is here twice.")]
    [InlineData("[]", ":1:1: here an object is needed")]
    [InlineData("{\n  \"listen\": \"\\ud800\"\n}", ":2:13: this text is no Unicode.")]
    [InlineData("{\n  \"\\ud800\": 1\n}", ":2:3: this text is no Unicode.")]
    [InlineData("{\n  \"listen\" 1\n}", ":2:12: ")]
    [InlineData("{\n  \"tunnels\": []\n}", ":1:1: only 'postern run' has tunnels.")]
    [InlineData("{\n  \"config\": \"other.json\"\n}", ":2:3: 'config' is no option of 'postern serve'.")]
    public async Task What_is_wrong_with_a_file_is_said_with_line_and_column(string content, string expected)
    {
        Write(content);
        CommandResult result = await CommandHost.Run(["serve", "--config", File, .. PosternProcess.Server(TestKeys.Default)]);
        result.Expect(ExitCode.Usage);
        Assert.Contains($"error: {File}{expected}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_tunnels_run_in_one_process_and_are_reloaded_and_drained_together()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        _folder.Copy(TestKeys.Default.CertificateFile, "web.qrc");
        _folder.Copy(TestKeys.Default.KeyFile, "web.qsk");
        Write(Tunnels(target.EndPoint));
        await using PosternProcess run = PosternProcess.Start("run", "--config", File);
        IPEndPoint expose = await run.ListeningAsync();
        await run.SaysAsync("Listening on ", 2);
        byte[] data = Wire.Random(10_000);
        await using PosternProcess forward = PosternProcess.Forward(expose);
        Assert.Equal(data, await Wire.ExchangeAsync(await forward.ListeningAsync(), data));

        AtomicFile.WritePublic(_folder["web.qrc"], TestKeys.Renewed.Certificate.ToBytes(), overwrite: true);
        AtomicFile.WriteSecret(_folder["web.qsk"], await System.IO.File.ReadAllBytesAsync(TestKeys.Renewed.KeyFile, TestContext.Current.CancellationToken), overwrite: true);
        run.Hangup();
        await run.SaysAsync("New connections go by what was read now");
        await using (SecureChannel channel = await ConnectAsync(expose, TestKeys.Renewed)) await channel.CloseAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("needs a restart", run.Errors, StringComparison.Ordinal);
        Assert.Contains("[web] Listening on ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("[echo] Listening on ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("[web 1] ", run.Errors, StringComparison.Ordinal);

        Write(Tunnels(target.EndPoint).Replace("\"echo\"", "\"other\"", StringComparison.Ordinal));
        run.Hangup();
        await run.SaysAsync("The tunnels of the file are other ones now: that needs a restart.");
        run.Terminate();
        Assert.Equal(0, await run.ExitAsync());
    }

    [Fact]
    public async Task What_a_reload_cannot_change_is_named_as_long_as_it_differs()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        _folder.Copy(TestKeys.Default.CertificateFile, "web.qrc");
        _folder.Copy(TestKeys.Default.KeyFile, "web.qsk");
        string start = Tunnels(target.EndPoint).Replace("\"drain-timeout\": 30", "\"drain-timeout\": 30, \"log-format\": \"json\"", StringComparison.Ordinal);
        Write(start);
        await using PosternProcess run = PosternProcess.Start("run", "--config", File);
        await run.SaysAsync("Listening on ", 2);

        Write(start.Replace("\"drain-timeout\": 30", "\"drain-timeout\": 31", StringComparison.Ordinal)
            .Replace("\"to\": ", "\"send-proxy-v2\": true, \"max-connections\": 7, \"to\": ", StringComparison.Ordinal));
        for (int i = 1; i <= 2; i++)
        {
            run.Hangup();
            await run.SaysAsync("New connections go by what was read now", i);
            await run.SaysAsync("needs a restart", 2 * i);
        }

        JsonElement[] warnings = [.. run.Errors.Split('\n').Where(line => line.Contains("needs a restart", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["web", "", "web", ""], warnings.Select(line => line.TryGetProperty("tunnel", out JsonElement tunnel) ? tunnel.GetString() : string.Empty), StringComparer.Ordinal);
        Assert.EndsWith(": --send-proxy-v2", warnings[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(": --drain-timeout", warnings[1].GetProperty("message").GetString(), StringComparison.Ordinal);

        Write(start);
        run.Hangup();
        await run.SaysAsync("New connections go by what was read now", 3);
        run.Terminate();
        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(4, run.Errors.Split("needs a restart").Length - 1);
    }

    [Fact]
    public async Task One_tunnel_that_cannot_start_stops_all()
    {
        await using PlainServer other = new(PlainServer.EchoAsync);
        Write(Tunnels(other.EndPoint).Replace("\"127.0.0.1:0\", \"command\": \"serve\"", $"\"{other.EndPoint}\", \"command\": \"serve\"", StringComparison.Ordinal));
        _folder.Copy(TestKeys.Default.CertificateFile, "web.qrc");
        _folder.Copy(TestKeys.Default.KeyFile, "web.qsk");
        await using PosternProcess run = PosternProcess.Run("run", "--config", File);
        Assert.Equal(3, await run.ExitAsync());
        Assert.Contains($": the tunnel 'echo': Cannot listen on {other.EndPoint}", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Stopped listening on", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "drain-timeout": 1 }""", ":1:1: there are no tunnels")]
    [InlineData("""{ "tunnels": [ { "to": "x:1" } ] }""", ":1:16: a tunnel needs a \"command\"")]
    [InlineData("""{ "tunnels": [ { "command": "status" } ] }""", ":1:18: 'status' is no command that can be a tunnel")]
    [InlineData("""{ "tunnels": [ { "command": "run" } ] }""", ":1:18: 'run' is no command that can be a tunnel")]
    [InlineData("""{ "tunnels": [ { "command": "expose", "log-format": "json" } ] }""", ":1:39: 'log-format' is for the whole process")]
    [InlineData("""{ "tunnels": [ { "command": "expose", "too": "x:1" } ] }""", ":1:39: 'too' is no option of 'postern expose'.")]
    [InlineData("""{ "tunnels": [ { "command": "expose", "to": "x", "root": "r", "cert": "c", "key": "k" } ] }""", ":1:39: ")]
    public async Task What_is_wrong_with_a_tunnel_is_said_with_line_and_column(string content, string expected)
    {
        Write(content);
        CommandResult result = await CommandHost.Run("run", "--config", File);
        result.Expect(ExitCode.Usage);
        Assert.Contains($"error: {File}{expected}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_in_the_documentation_is_that_of_the_options()
    {
        string expected = SchemaText();
        if (Environment.GetEnvironmentVariable("POSTERN_ACCEPT_SCHEMA") is { } path) AtomicFile.WritePublic(path, Encoding.UTF8.GetBytes(expected), overwrite: true);
        Assert.Equal(expected, System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "config.schema.json")));
    }

    [Fact]
    public void The_commented_example_in_the_documentation_is_a_configuration()
    {
        CommandTerminal terminal = new(TextWriter.Null, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false);
        Command root = PosternCommand.Create(terminal);
        ConfigurationSection file = ConfigurationFile.Read(Path.Combine(AppContext.BaseDirectory, "config.example.json"));
        DaemonCommand run = (DaemonCommand)root.Parse("run").CommandResult.Command;
        Assert.NotEmpty(ConfiguredTunnel.ReadAll(root, file, run));
        Assert.NotEmpty(new ConfiguredArguments(_ => null, run).Further(root.Parse("run"), file));
    }

    private string Tunnels(EndPoint target) => $$"""
        {
          "drain-timeout": 30, "verbose": true,
          "tunnels": [
            { "name": "web", "command": "expose", "to": "{{target}}", "listen": "127.0.0.1:0", "root": "{{TestKeys.Default.RootFile}}", "cert": "{{_folder["web.qrc"]}}", "key": "{{_folder["web.qsk"]}}" },
            { "name": "echo", "listen": "127.0.0.1:0", "command": "serve", "root": "{{TestKeys.Default.RootFile}}", "cert": "{{TestKeys.Default.CertificateFile}}", "key": "{{TestKeys.Default.KeyFile}}" }
          ]
        }
        """;

    private void Write(string content) => AtomicFile.WritePublic(File, Encoding.UTF8.GetBytes(content), overwrite: true);

    private static Task<SecureChannel> ConnectAsync(IPEndPoint endPoint, TestKeys keys) =>
        QstpClient.ConnectAsync(endPoint, keys.Verified, new QstpClientOptions { HandshakeTimeout = Wire.Limit }, TestContext.Current.CancellationToken);

    private static async Task EchoAsync(SecureChannel channel)
    {
        await channel.SendAsync(Wire.Random(100), TestContext.Current.CancellationToken);
        Assert.Equal(100, await channel.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().WaitAsync(Wire.Limit));
    }

    private static string SchemaText()
    {
        CommandTerminal terminal = new(TextWriter.Null, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false);
        Command root = PosternCommand.Create(terminal);
        JsonObject definitions = [];
        foreach (string words in (string[])["expose", "forward", "serve", "message serve", "peer listen", "receive", "rds serve", "run"])
        {
            Command command = root.Parse(words.Split(' ')).CommandResult.Command;
            JsonObject properties = [];
            foreach (Option option in command.Options.Where(ConfiguredArguments.IsConfigurable).OrderBy(option => option.Name, StringComparer.Ordinal)) properties[option.Name[2..]] = Describe(option);
            definitions[words] = new JsonObject { ["type"] = "object", ["properties"] = properties };
        }

        string[] tunnels = ["expose", "forward", "serve", "message serve", "peer listen", "rds serve"];
        definitions["run"]!["properties"]!["tunnels"] = new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("command"),
                ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string" }, ["command"] = new JsonObject { ["enum"] = new JsonArray([.. tunnels.Select(name => JsonValue.Create(name))]) } },
                ["allOf"] = new JsonArray([.. tunnels.Select(name => (JsonNode)new JsonObject
                {
                    ["if"] = new JsonObject { ["properties"] = new JsonObject { ["command"] = new JsonObject { ["const"] = name } } },
                    ["then"] = new JsonObject { ["$ref"] = $"#/$defs/{name}" },
                })]),
            },
        };
        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Configuration of postern: a command's options by their long names, or of 'postern run' with its tunnels",
            ["anyOf"] = new JsonArray([.. definitions.Select(definition => (JsonNode)new JsonObject { ["$ref"] = $"#/$defs/{definition.Key}" })]),
            ["$defs"] = definitions,
        };
        return schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject Describe(Option option)
    {
        JsonObject type = new() { ["description"] = option.Description };
        if (ConfiguredArguments.IsSwitch(option)) type["type"] = "boolean";
        else if (option.Arity.MaximumNumberOfValues > 1) type["type"] = new JsonArray("string", "number", "array");
        else type["type"] = new JsonArray("string", "number");
        return type;
    }
}
