using Postern.Cli;
using Postern.Cli.Files;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class CertificateRequestTests
{
    [Fact]
    public async Task Request_writes_a_key_in_clear_and_an_unsigned_certificate()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run("cert", "request", "--name", "server.example.org", "--out", folder["new/server"]);
        result.Expect(ExitCode.Success);
        Assert.Equal(7586, new FileInfo(folder["new/server/server_secret_key.qsk"]).Length);
        Assert.Equal(7333, new FileInfo(folder["new/server/server_public_cert.unsigned.qrc"]).Length);
        Assert.Contains("postern root sign", result.Error, StringComparison.Ordinal);
        Assert.Contains("none yet", result.Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["new/server/server_secret_key.qsk"]));
        }
    }

    [Fact]
    public async Task The_passphrase_in_the_environment_is_for_those_who_ask_for_one()
    {
        using TestFolder folder = new();
        CommandHost host = new() { Passphrase = "secret" };
        (await host.RunAsync("cert", "request", "--name", "s", "--suite", "1", "--out", folder["raw"])).Expect(ExitCode.Success);
        Assert.Equal(3970, new FileInfo(folder["raw/server_secret_key.qsk"]).Length);
        (await host.RunAsync("cert", "request", "--name", "s", "--suite", "1", "--out", folder["sealed"], "--passphrase")).Expect(ExitCode.Success);
        CommandResult result = await CommandHost.Run("cert", "show", folder["sealed/server_secret_key.qsk"]);
        Assert.Contains("key under a passphrase", result.Output, StringComparison.Ordinal);
        (await CommandHost.Run("cert", "request", "--name", "s", "--suite", "1", "--out", folder["none"], "--passphrase")).Expect(ExitCode.Usage);
        Assert.False(Directory.Exists(folder["none"]));
    }

    [Fact]
    public async Task Request_replaces_no_key_unless_forced()
    {
        using TestFolder folder = new();
        string[] request = ["cert", "request", "--name", "s", "--suite", "1", "--out", folder.Root];
        (await CommandHost.Run(request)).Expect(ExitCode.Success);
        byte[] key = await File.ReadAllBytesAsync(folder["server_secret_key.qsk"], TestContext.Current.CancellationToken);
        (await CommandHost.Run(request)).Expect(ExitCode.File);
        Assert.Equal(key, await File.ReadAllBytesAsync(folder["server_secret_key.qsk"], TestContext.Current.CancellationToken));
        (await CommandHost.Run([.. request, "--force"])).Expect(ExitCode.Success);
        Assert.NotEqual(key, await File.ReadAllBytesAsync(folder["server_secret_key.qsk"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_pair_that_cannot_be_replaced_as_a_whole_stays_as_it_was()
    {
        using TestFolder folder = new();
        (await CommandHost.Run("cert", "request", "--name", "s", "--suite", "1", "--out", folder.Root)).Expect(ExitCode.Success);
        string keyPath = folder["server_secret_key.qsk"];
        byte[] key = await File.ReadAllBytesAsync(keyPath, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder["folder"]);
        IReadOnlyList<string> names = folder.Names;

        // The second file cannot be written; it can, but cannot take its place.
        foreach (string certificatePath in (string[])[folder["none/certificate"], folder["folder"]])
        {
            Assert.ThrowsAny<IOException>(() => OutputFiles.WritePair(keyPath, [1], certificatePath, [2], force: true));
            Assert.Equal(key, await File.ReadAllBytesAsync(keyPath, TestContext.Current.CancellationToken));
            Assert.ThrowsAny<IOException>(() => OutputFiles.WritePair(folder["new"], [1], certificatePath, [2], force: true));
            Assert.Equal(names, folder.Names);
        }
    }

    [Theory]
    [InlineData("731")]
    [InlineData("0")]
    [InlineData("x")]
    public async Task Request_refuses_days_that_the_format_does_not_have(string days)
    {
        using TestFolder folder = new();
        (await CommandHost.Run("cert", "request", "--name", "s", "--days", days, "--out", folder["x"])).Expect(ExitCode.Usage);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_server_starts_from_the_files_and_from_no_others()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes"))).Expect(ExitCode.Success);
        using KeyFilesHost host = new();
        Qstp.Certificates.VerificationPolicy policy = Qstp.Certificates.VerificationPolicy.Default with { Clock = host.Terminal.Clock };
        Cli.Files.LoadedRoots authority = host.Files.LoadRoots([root.Certificate]);
        using (Qstp.Certificates.ServerIdentity identity = host.Files.LoadIdentity(authority, root.Signed, root.ServerKey, host.Passphrases, policy))
        {
            Assert.Equal("server", identity.Certificate.Issuer);
        }

        Assert.Equal("server", host.Files.LoadVerifiedServer(authority, root.Signed, policy).Certificate.Issuer);
        CommandException other = Assert.Throws<CommandException>(
            () => host.Files.LoadIdentity(authority, root.Signed, QstpVectors.Set1("server_secret_key.qsk"), host.Passphrases, policy));
        Assert.Equal(ExitCode.File, other.ExitCode);
        CommandException unsigned = Assert.Throws<CommandException>(() => host.Files.LoadVerifiedServer(authority, root.Request, policy));
        Assert.Equal(ExitCode.Failed, unsigned.ExitCode);
        Assert.Contains("it is a request", unsigned.Message, StringComparison.Ordinal);
    }

    private sealed class KeyFilesHost : IDisposable
    {
        private readonly StringWriter _writer = new();

        public KeyFilesHost()
        {
            Terminal = new Cli.Terminal.CommandTerminal(_writer, _writer, Stream.Null, Stream.Null, isInteractive: false)
            {
                Clock = new StandingClock(CommandHost.VectorTime),
                GetVariable = _ => null,
            };
            Files = new KeyFiles(Terminal);
            Passphrases = new Cli.Terminal.PassphraseSource(Terminal, null);
        }

        public Cli.Terminal.CommandTerminal Terminal { get; }

        public KeyFiles Files { get; }

        public Cli.Terminal.PassphraseSource Passphrases { get; }

        public void Dispose() => _writer.Dispose();
    }
}
