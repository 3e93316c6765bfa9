using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class RootExportTests
{
    private static readonly string Root = QstpVectors.Set1("root_public_cert.qrr");

    [Fact]
    public async Task Export_to_a_folder_names_the_copy_after_the_root()
    {
        using TestFolder folder = new();
        byte[] expected = await File.ReadAllBytesAsync(Root, TestContext.Current.CancellationToken);
        CommandResult result = await CommandHost.Run("root", "export", "--cert", Root, "--out", folder.Root);
        Assert.Equal(folder["vector_root.qrr"], result.Expect(ExitCode.Success).Output.TrimEnd());
        Assert.Equal(expected, await File.ReadAllBytesAsync(folder["vector_root.qrr"], TestContext.Current.CancellationToken));
        (await CommandHost.Run("root", "export", "--cert", Root, "--out", folder.Root)).Expect(ExitCode.File);
        (await CommandHost.Run("root", "export", "--cert", Root, "--out", folder.Root, "--force")).Expect(ExitCode.Success);

        (await CommandHost.Run("root", "export", "--cert", Root, "--out", folder["new/"])).Expect(ExitCode.Success);
        Assert.True(File.Exists(folder["new/vector_root.qrr"]));
        (await CommandHost.Run("root", "export", "--cert", Root, "--out", folder["file"])).Expect(ExitCode.Success);
        Assert.Equal(expected, await File.ReadAllBytesAsync(folder["file"], TestContext.Current.CancellationToken));
        Assert.Equal(expected, (await CommandHost.Run("root", "export", "--cert", Root, "--out", "-")).Expect(ExitCode.Success).RawOutput);
    }

    [Fact]
    public async Task Export_as_text_is_the_printed_form()
    {
        using TestFolder folder = new();
        (await CommandHost.Run("root", "export", "--cert", Root, "--text", "--timezone", "UTC", "--out", folder.Root)).Expect(ExitCode.Success);
        Assert.Equal(
            await File.ReadAllTextAsync(QstpVectors.Set1("root_public_cert.txt"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(folder["vector_root.txt"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("../outside", "_.._outside.qrr")]
    [InlineData(".hidden", "_.hidden.qrr")]
    [InlineData("a/b c", "a_b_c.qrr")]
    [InlineData(".qrr", "_.qrr")]
    public async Task A_name_cannot_lead_out_of_the_folder(string name, string file)
    {
        using TestFolder folder = new();
        (await CommandHost.Run("root", "create", "--name", name, "--suite", "1", "--out", folder.Root, "--no-passphrase")).Expect(ExitCode.Success);
        (await CommandHost.Run("root", "export", "--cert", folder["root_public_cert.qrr"], "--out", folder["copies/"])).Expect(ExitCode.Success);
        Assert.Contains($"copies/{file}", folder.Names.Select(path => path.Replace('\\', '/')), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Export_refuses_a_root_that_was_altered()
    {
        using TestFolder folder = new();
        byte[] data = await File.ReadAllBytesAsync(Root, TestContext.Current.CancellationToken);
        data[0] ^= 1;
        (await CommandHost.Run("root", "export", "--cert", folder.Write("root", data), "--out", folder["copy"])).Expect(ExitCode.Failed);
        Assert.Equal(["root"], folder.Names);
    }
}
