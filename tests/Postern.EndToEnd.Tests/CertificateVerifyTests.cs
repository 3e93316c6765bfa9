using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class CertificateVerifyTests
{
    private const string Serial = "435114995BE400A26615AD349AF1C124";

    private static readonly string Root = QstpVectors.Set1("root_public_cert.qrr");
    private static readonly string Server = QstpVectors.Set1("server_public_cert.qrc");

    [Fact]
    public async Task A_certificate_of_the_reference_verifies_in_both_forms()
    {
        CommandResult binary = await CommandHost.Run("cert", "verify", "--root", Root, Server);
        Assert.Contains("valid until 2027-11-21 23:31:27Z, 'vector_srv.qrc' under 'vector_root.qrr'", binary.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Single(binary.Output.TrimEnd().Split('\n'));
        (await CommandHost.Run(
            "cert", "verify", "--timezone", "UTC", "--root", QstpVectors.Set1("root_public_cert.txt"), QstpVectors.Set1("server_public_cert.txt")))
            .Expect(ExitCode.Success);
    }

    [Theory]
    [InlineData("2026-11-21T23:31:26Z", "certificateNotYetValid")]
    [InlineData("2026-11-21T23:31:27Z", null)]
    [InlineData("2027-11-21T23:31:27Z", null)]
    [InlineData("2027-11-22T01:31:28+02:00", "certificateExpired")]
    [InlineData("2027-11-22", "certificateExpired")]
    public async Task At_moves_the_clock_and_both_ends_are_inclusive(string date, string? error)
    {
        CommandResult result = await CommandHost.Run("cert", "verify", "--json", "--at", date, "--root", Root, Server);
        JsonElement json = result.Expect(error is null ? ExitCode.Success : ExitCode.Failed).Json;
        Assert.Equal(error is null, json.GetProperty("isValid").GetBoolean());
        Assert.Equal(error, json.TryGetProperty("error", out JsonElement actual) ? actual.GetString() : null);
    }

    [Fact]
    public async Task An_expired_certificate_is_said_to_be_so_as_of_the_date()
    {
        CommandResult result = await CommandHost.Run("cert", "verify", "--at", "2030-01-01", "--root", Root, Server);
        Assert.Contains("it is checked as of 2030-01-01 00:00:00Z", result.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dates_can_be_relaxed_one_by_one()
    {
        string[] early = ["cert", "verify", "--at", "2026-01-01", "--root", Root, Server];
        (await CommandHost.Run(early)).Expect(ExitCode.Failed);
        (await CommandHost.Run([.. early, "--allow-not-yet-valid"])).Expect(ExitCode.Success);

        using TestRoot root = await TestRoot.CreateAsync(rootDays: 10);
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes"))).Expect(ExitCode.Success);
        CommandResult late = await CommandHost.Run(
            "cert", "verify", "--at", "2027-02-01", "--allow-expired-root", "--root", root.Certificate, root.Signed);
        Assert.Contains("The server certificate expired", late.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_root_an_altered_certificate_and_a_request_do_not_verify()
    {
        using TestFolder folder = new();
        byte[] data = await File.ReadAllBytesAsync(Server, TestContext.Current.CancellationToken);
        data[^10] ^= 1;
        foreach (string[] files in (string[][])
            [
                [QstpVectors.Set3("root_public_cert.qrr"), Server],
                [Root, folder.Write("altered.qrc", data)],
                [Root, QstpVectors.Set1("server_public_cert.unsigned.qrc")],
            ])
        {
            CommandResult result = await CommandHost.Run("cert", "verify", "--root", files[0], files[1]);
            Assert.Contains("NOT VALID: The server certificate", result.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
            Assert.Empty(result.Error);
        }
    }

    [Theory]
    [InlineData(Serial)]
    [InlineData("43:51:14:99:5b:e4:00:a2:66:15:ad:34:9a:f1:c1:24")]
    [InlineData("B5640F233905EB1DA57DF099190426A8")]
    public async Task A_denied_serial_is_refused_from_the_command_line_and_from_a_file(string serial)
    {
        using TestFolder folder = new();
        string list = folder.Write("denied", System.Text.Encoding.ASCII.GetBytes($"# withdrawn\n\n00000000000000000000000000000000\r\n{serial} # stolen\n"));
        foreach (string[] deny in (string[][])[["--deny", "00000000000000000000000000000000", "--deny", serial], ["--deny-file", list]])
        {
            CommandResult result = await CommandHost.Run(["cert", "verify", "--root", Root, Server, "--json", .. deny]);
            Assert.Equal("certificateDenied", result.Expect(ExitCode.Failed).Json.GetProperty("error").GetString());
        }
    }

    [Theory]
    [InlineData("1234")]
    [InlineData("zz5114995BE400A26615AD349AF1C124")]
    public async Task A_deny_list_that_cannot_be_read_is_an_error_and_not_skipped(string line)
    {
        using TestFolder folder = new();
        string list = folder.Write("denied", System.Text.Encoding.ASCII.GetBytes($"{Serial[..31]}0\n{line}\n"));
        CommandResult result = await CommandHost.Run("cert", "verify", "--root", Root, Server, "--deny-file", list);
        Assert.Contains("line 2", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await CommandHost.Run("cert", "verify", "--root", Root, Server, "--deny", line)).Expect(ExitCode.Usage);
    }

    [Fact]
    public async Task A_root_of_an_outside_authority_needs_the_authoritys_key()
    {
        using TestFolder folder = new();
        string root = QstpVectors.External("ext_root_public_cert.qrr");
        CommandResult without = await CommandHost.Run("cert", "verify", "--root", root, Server);
        Assert.Contains("--authority-key", without.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);

        string json = await File.ReadAllTextAsync(QstpVectors.External("external_root.json"), TestContext.Current.CancellationToken);
        string hex = JsonDocument.Parse(json).RootElement.GetProperty("authority_verification_key").GetString()!;
        byte[] key = Convert.FromHexString(hex);
        string inHex = folder.Write("key.hex", System.Text.Encoding.ASCII.GetBytes(hex + "\n"));
        foreach (string path in (string[])[inHex, folder.Write("key.bin", key)])
        {
            // The authority's signature holds: the next check, the root's serial, is the one that fails.
            CommandResult with = await CommandHost.Run("cert", "verify", "--root", root, Server, "--authority-key", path);
            Assert.Contains("was signed by the root B5640F233905EB1DA57DF099190426A8", with.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        }

        key[0] ^= 1;
        CommandResult wrong = await CommandHost.Run("cert", "verify", "--root", root, Server, "--authority-key", folder.Write("wrong", key));
        Assert.Contains("was not signed by 'authority.example'", wrong.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        (await CommandHost.Run("cert", "verify", "--root", Root, Server, "--authority-key", inHex)).Expect(ExitCode.Usage);
    }

    [Fact]
    public async Task Only_one_file_can_be_stdin()
    {
        CommandResult result = await CommandHost.Run("cert", "verify", "--root", "-", "-");
        Assert.NotEqual(ExitCode.Success, result.ExitCode);
        CommandHost host = new() { Input = await File.ReadAllBytesAsync(Root, TestContext.Current.CancellationToken) };
        CommandResult twice = await host.RunAsync("cert", "verify", "--root", "-", "-");
        Assert.Contains("Only one file can be '-'", twice.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await host.RunAsync("cert", "verify", "--root", "-", Server)).Expect(ExitCode.Success);
    }
}
