using System.Security.Cryptography;
using System.Text;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class ShowTests
{
    [Theory]
    [InlineData("root_public_cert.qrr", "root certificate", "vector_root.qrr")]
    [InlineData("root_secret_key.qsk", "root key", "vector_root.qrr")]
    [InlineData("server_public_cert.qrc", "server certificate", "vector_srv.qrc")]
    [InlineData("server_public_cert.unsigned.qrc", "certificate request", "vector_srv.qrc")]
    [InlineData("server_secret_key.qsk", "server key", "vector_srv.qrc")]
    public async Task Show_recognises_every_file_of_the_reference(string file, string kind, string name)
    {
        foreach (string parent in (string[])["root", "cert"])
        {
            CommandResult result = await CommandHost.Run(parent, "show", "--json", QstpVectors.Set1(file));
            System.Text.Json.JsonElement json = result.Expect(ExitCode.Success).Json;
            Assert.Equal(kind, json.GetProperty("kind").GetString());
            Assert.Equal(name, json.GetProperty("name").GetString());
            Assert.Equal(1, json.GetProperty("suiteId").GetInt32());
        }
    }

    [Theory]
    [InlineData("root_public_cert")]
    [InlineData("server_public_cert")]
    public async Task Text_is_the_printed_form_of_the_reference_and_reads_back(string name)
    {
        string extension = name.StartsWith("root", StringComparison.Ordinal) ? ".qrr" : ".qrc";
        foreach (Func<string, string> set in (Func<string, string>[])[QstpVectors.Set1, QstpVectors.Set3])
        {
            CommandResult text = await CommandHost.Run("cert", "show", "--text", "--timezone", "UTC", set(name + extension));
            Assert.Equal(await File.ReadAllTextAsync(set(name + ".txt"), TestContext.Current.CancellationToken), text.Expect(ExitCode.Success).Output);

            CommandHost reader = new() { Input = Encoding.ASCII.GetBytes(text.Output) };
            CommandResult back = await reader.RunAsync("cert", "show", "--json", "--timezone", "UTC", "-");
            CommandResult binary = await CommandHost.Run("cert", "show", "--json", set(name + extension));
            Assert.Equal(
                binary.Expect(ExitCode.Success).Json.GetProperty("hash").GetString(),
                back.Expect(ExitCode.Success).Json.GetProperty("hash").GetString());
        }
    }

    [Fact]
    public async Task Fingerprint_is_the_SHA3_256_of_the_file()
    {
        Assert.SkipUnless(SHA3_256.IsSupported, "The platform has no SHA-3 to compare with.");
        string path = QstpVectors.Set3("root_public_cert.qrr");
        byte[] data = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        CommandResult result = await CommandHost.Run("root", "show", path);
        Assert.Contains(Convert.ToHexString(SHA3_256.HashData(data)), result.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_secret_key_is_shown()
    {
        string path = QstpVectors.Set1("root_secret_key.qsk");
        byte[] key = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        CommandResult result = await CommandHost.Run("root", "show", "--json", path);
        for (int i = 48; i < 48 + 2560; i += 8)
        {
            Assert.DoesNotContain(Convert.ToHexString(key.AsSpan(i, 8)), result.Output, StringComparison.OrdinalIgnoreCase);
        }

        CommandResult text = await CommandHost.Run("root", "show", "--text", path);
        text.Expect(ExitCode.File);
        Assert.Empty(text.Output);
    }

    [Fact]
    public async Task A_root_that_was_altered_is_shown_and_fails()
    {
        using TestFolder folder = new();
        byte[] data = await File.ReadAllBytesAsync(QstpVectors.Set1("root_public_cert.qrr"), TestContext.Current.CancellationToken);
        data[^60] ^= 1;
        CommandResult result = await CommandHost.Run("root", "show", folder.Write("root", data));
        result.Expect(ExitCode.Failed);
        Assert.Contains("DOES NOT VERIFY", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_printed_root_of_another_zone_fails_and_the_zone_is_named_as_the_reason()
    {
        CommandResult result = await CommandHost.Run("root", "show", "--timezone", "Asia/Tokyo", QstpVectors.Set1("root_public_cert.txt"));
        result.Expect(ExitCode.Failed);
        Assert.Contains("Asia/Tokyo", result.Error, StringComparison.Ordinal);
        Assert.Contains("--timezone", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_cannot_steer_the_terminal_nor_add_lines()
    {
        using TestFolder folder = new();
        byte[] data = await File.ReadAllBytesAsync(QstpVectors.Set1("server_public_cert.unsigned.qrc"), TestContext.Current.CancellationToken);
        int issuer = data.Length - 18 - 16 - 16 - 32;
        Assert.True(data.AsSpan(issuer).StartsWith("vector_srv.qrc"u8));
        "\e[2J\nok"u8.CopyTo(data.AsSpan(issuer));
        string path = folder.Write("request.qrc", data);
        CommandResult result = await CommandHost.Run("cert", "show", path);
        Assert.Contains("?[2J?ok", result.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
        (await CommandHost.Run("cert", "show", "--text", path)).Expect(ExitCode.File);
    }

    [Fact]
    public async Task An_external_authority_is_named()
    {
        CommandResult result = await CommandHost.Run("root", "show", QstpVectors.External("ext_root_public_cert.qrr"));
        Assert.Contains("authority.example", result.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("E510F40C917C9A288B87E256D8045BE0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_warned_about()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        using TestFolder folder = new();
        string path = folder.Copy(QstpVectors.Set1("server_secret_key.qsk"), "key.qsk");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", (await CommandHost.Run("cert", "show", path)).Error, StringComparison.Ordinal);
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Empty((await CommandHost.Run("cert", "show", path)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("------BEGIN QSTP ROOT PUBLIC CERTIFICATE BLOCK------\nIssuer: x\n")]
    public async Task Other_content_is_refused_with_the_name_of_the_file(string content)
    {
        using TestFolder folder = new();
        string path = folder.Write("other.bin", Encoding.ASCII.GetBytes(content));
        CommandResult result = await CommandHost.Run("cert", "show", path);
        result.Expect(ExitCode.File);
        Assert.Contains("other.bin", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Missing_files_and_folders_are_named()
    {
        using TestFolder folder = new();
        CommandResult missing = await CommandHost.Run("cert", "show", folder["none"]);
        Assert.Contains("there is no such file", missing.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        CommandResult directory = await CommandHost.Run("cert", "show", folder.Root);
        Assert.Contains("is a folder", directory.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_larger_than_any_certificate_are_refused()
    {
        CommandResult result = await new CommandHost { Input = new byte[2_000_000] }.RunAsync("cert", "show", "-");
        Assert.Contains("larger than", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }
}
