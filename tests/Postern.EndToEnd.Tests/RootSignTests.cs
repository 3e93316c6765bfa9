using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class RootSignTests
{
    [Fact]
    public async Task Sign_writes_a_certificate_that_verifies_beside_the_request()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandResult result = await CommandHost.Run(root.SignArguments(root.Request, "--yes"));
        result.Expect(ExitCode.Success);
        Assert.Contains("does not prove", result.Error, StringComparison.Ordinal);
        Assert.Contains("certificate request", result.Error, StringComparison.Ordinal);
        Assert.Contains("server certificate", result.Output, StringComparison.Ordinal);
        (await CommandHost.Run("cert", "verify", "--root", root.Certificate, root.Signed)).Expect(ExitCode.Success);
        Assert.Contains("certificate request", (await CommandHost.Run("cert", "show", root.Request)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_its_key_signed_is_verified_and_one_that_another_signed_is_refused()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        string signed = Path.ChangeExtension(root.Request, "qreq");
        byte[] data = await ReadAsync(signed);
        string forged = root.Folder.Write("forged.unsigned.qreq", [.. data[..^1], (byte)(data[^1] ^ 1)]);
        (await CommandHost.Run(root.SignArguments(forged, "--yes"))).Expect(ExitCode.Failed);
        Assert.Contains("DOES NOT VERIFY", (await CommandHost.Run("cert", "show", forged)).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        CommandResult result = await CommandHost.Run(root.SignArguments(signed, "--yes"));
        Assert.DoesNotContain("does not prove", result.Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        (await CommandHost.Run("cert", "verify", "--root", root.Certificate, root.Signed)).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task Sign_without_a_terminal_needs_yes()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandResult result = await CommandHost.Run(root.SignArguments(root.Request));
        Assert.Contains("--yes", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(root.Signed));
    }

    [Theory]
    [InlineData("y", ExitCode.Success)]
    [InlineData("n", ExitCode.Failed)]
    [InlineData("\n", ExitCode.Failed)]
    public async Task Sign_at_a_terminal_asks_and_takes_only_y_for_yes(string key, int exitCode)
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (await new CommandHost { Keys = key }.RunAsync(root.SignArguments(root.Request))).Expect(exitCode);
        Assert.Equal(exitCode == ExitCode.Success, File.Exists(root.Signed));
    }

    [Fact]
    public async Task Sign_reads_stdin_and_writes_stdout()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandHost host = new() { Input = await ReadAsync(root.Request) };
        CommandResult result = await host.RunAsync(root.SignArguments("-", "--yes"));
        Assert.Empty(result.Expect(ExitCode.Success).Output);
        CommandResult verified = await new CommandHost { Input = result.RawOutput }.RunAsync("cert", "verify", "--root", root.Certificate, "-");
        Assert.StartsWith("stdin: valid until", verified.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--out", "-", "--json"))).Expect(ExitCode.Usage);
    }

    [Fact]
    public async Task Sign_in_place_replaces_the_request_as_the_reference_does()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        int files = root.Folder.Names.Count;
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--in-place"))).Expect(ExitCode.Success);
        Assert.Equal(files, root.Folder.Names.Count);
        (await CommandHost.Run("cert", "verify", "--root", root.Certificate, root.Request)).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task Sign_asks_where_to_write_when_the_name_does_not_say()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        string request = root.Folder.Copy(root.Request, "request.qrc");
        CommandResult result = await CommandHost.Run(root.SignArguments(request, "--yes"));
        Assert.Contains("--in-place", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await CommandHost.Run(root.SignArguments(request, "--yes", "--out", root.Folder["x.qrc"], "--in-place"))).Expect(ExitCode.Usage);
        (await CommandHost.Run(root.SignArguments(request, "--yes", "--out", root.Folder["x.qrc"]))).Expect(ExitCode.Success);
        Assert.True(File.Exists(root.Folder["x.qrc"]));
    }

    [Fact]
    public async Task Sign_replaces_nothing_unless_forced()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        root.Folder.Write("server_public_cert.qrc", "mine"u8);
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes"))).Expect(ExitCode.File);
        Assert.Equal("mine"u8.ToArray(), await ReadAsync(root.Signed));
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--force"))).Expect(ExitCode.Success);
        Assert.Equal(3846, new FileInfo(root.Signed).Length);
    }

    [Fact]
    public async Task Sign_cuts_the_validity_to_the_roots_and_says_so()
    {
        using TestRoot root = await TestRoot.CreateAsync(rootDays: 100);
        CommandResult result = await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--json"));
        JsonElement json = result.Expect(ExitCode.Success).Json;
        Assert.Equal(CommandHost.VectorTime.AddDays(100), json.GetProperty("validTo").GetDateTimeOffset());
        Assert.Contains("is cut to that", result.Error, StringComparison.Ordinal);

        CommandResult shorter = await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--json", "--days", "30", "--force"));
        Assert.Equal(CommandHost.VectorTime.AddDays(30), shorter.Expect(ExitCode.Success).Json.GetProperty("validTo").GetDateTimeOffset());
        Assert.DoesNotContain("is cut to that", shorter.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_refuses_a_root_that_has_expired()
    {
        using TestRoot root = await TestRoot.CreateAsync(rootDays: 100);
        CommandHost later = new() { Now = CommandHost.VectorTime.AddDays(101) };
        CommandResult result = await later.RunAsync(root.SignArguments(root.Request, "--yes"));
        Assert.Contains("expired", result.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(root.Signed));
    }

    [Fact]
    public async Task Sign_refuses_a_request_that_has_expired()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandHost later = new() { Now = CommandHost.VectorTime.AddDays(366) };
        CommandResult result = await later.RunAsync(root.SignArguments(root.Request, "--yes"));
        Assert.Contains("no validity", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(root.Signed));
    }

    [Fact]
    public async Task Sign_refuses_a_request_of_another_set()
    {
        using TestRoot root = await TestRoot.CreateAsync(serverSuite: "3");
        CommandResult result = await CommandHost.Run(root.SignArguments(root.Request, "--yes"));
        Assert.Contains("--suite 1", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_refuses_an_unknown_version()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        byte[] data = await ReadAsync(root.Request);
        data[^1] = 2;
        CommandResult result = await CommandHost.Run(root.SignArguments(root.Folder.Write("v2.unsigned.qrc", data), "--yes"));
        Assert.Contains("version 2", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_refuses_the_key_of_another_root()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandResult result = await CommandHost.Run(
            "root", "sign", root.Request, "--yes", "--root-cert", root.Certificate, "--root-key", QstpVectors.Set1("root_secret_key.qsk"));
        Assert.Contains("is not the key of", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(root.Signed));
    }

    [Theory]
    [InlineData("root_public_cert.qrr", "a root certificate")]
    [InlineData("server_secret_key.qsk", "a server key")]
    public async Task Sign_says_what_it_got_instead_of_a_request(string file, string kind)
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandResult result = await CommandHost.Run(root.SignArguments(root.Folder[file], "--yes", "--out", root.Folder["x"]));
        Assert.Contains($"is {kind}, not a server certificate", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_with_the_references_root_gives_the_references_certificate()
    {
        using TestFolder folder = new();
        string[] arguments =
        [
            "root", "sign", QstpVectors.Set1("server_public_cert.unsigned.qrc"), "--yes", "--out", folder["signed.qrc"],
            "--root-cert", QstpVectors.Set1("root_public_cert.qrr"), "--root-key", QstpVectors.Set1("root_secret_key.qsk"),
        ];
        (await CommandHost.Run(arguments)).Expect(ExitCode.Success);
        (await CommandHost.Run("cert", "verify", "--root", QstpVectors.Set1("root_public_cert.qrr"), folder["signed.qrc"])).Expect(ExitCode.Success);
        // The signature in front is randomised; what it signs is not.
        byte[] expected = await ReadAsync(QstpVectors.Set1("server_public_cert.qrc"));
        Assert.Equal(expected[2420..], (await ReadAsync(folder["signed.qrc"]))[2420..]);
    }

    [Fact]
    public async Task A_wrong_passphrase_is_asked_for_again_three_times_in_all()
    {
        using TestFolder folder = new();
        CommandHost maker = new() { Passphrase = "right" };
        (await maker.RunAsync("root", "create", "--name", "r", "--suite", "1", "--out", folder.Root)).Expect(ExitCode.Success);
        (await CommandHost.Run("cert", "request", "--name", "s", "--suite", "1", "--out", folder.Root)).Expect(ExitCode.Success);
        string[] sign =
        [
            "root", "sign", folder["server_public_cert.unsigned.qrc"],
            "--root-cert", folder["root_public_cert.qrr"], "--root-key", folder["root_secret_key.qsk"],
        ];
        CommandResult failed = await new CommandHost { Keys = "a\nb\nc\n" }.RunAsync(sign);
        Assert.Contains("The passphrase is wrong", failed.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        (await new CommandHost { Keys = "wrong\nright\ny" }.RunAsync(sign)).Expect(ExitCode.Success);
    }

    private static Task<byte[]> ReadAsync(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
}
