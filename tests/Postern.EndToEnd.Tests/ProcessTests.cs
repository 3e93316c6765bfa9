using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class ProcessTests
{
    [Fact]
    public async Task A_root_signs_a_request_through_pipes()
    {
        using TestFolder folder = new();
        (await CommandProcess.RunAsync(folder.Root, "pass phrase\n"u8.ToArray(), "root", "create", "--name", "r", "--passphrase-file", "-")).Expect(ExitCode.Success);
        (await CommandProcess.RunAsync(folder.Root, [], "cert", "request", "--name", "s")).Expect(ExitCode.Success);
        byte[] request = await File.ReadAllBytesAsync(folder["server_public_cert.unsigned.qrc"], TestContext.Current.CancellationToken);
        folder.Write("pass", "pass phrase"u8);
        CommandResult signed = await CommandProcess.RunAsync(folder.Root, request, "root", "sign", "-", "--yes", "--passphrase-file", "pass");
        signed.Expect(ExitCode.Success);
        Assert.Equal(7333, signed.RawOutput.Length);
        CommandResult verified = await CommandProcess.RunAsync(folder.Root, signed.RawOutput, "cert", "verify", "--root", "root_public_cert.qrr", "-");
        Assert.StartsWith("stdin: valid until", verified.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Empty(verified.Error);
    }

    [Fact]
    public async Task Errors_go_to_stderr_without_escape_codes_and_without_a_stack_trace()
    {
        using TestFolder folder = new();
        foreach ((string[] arguments, int exitCode) in ((string[], int)[])
            [
                (["cert", "show", "none"], ExitCode.File),
                (["cert", "verify"], ExitCode.Usage),
                (["root", "create", "--name", "r"], ExitCode.Usage),
                (["root"], ExitCode.Usage),
            ])
        {
            CommandResult result = await CommandProcess.RunAsync(folder.Root, [], arguments);
            result.Expect(exitCode);
            Assert.Empty(result.Output);
            Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', result.Error);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }

        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Every_help_is_data_with_an_example()
    {
        foreach (string command in (string[])
            ["root create", "root show", "root sign", "root export", "root init", "root renew", "root revoke", "root list", "root audit", "root backup", "cert request", "cert show", "cert verify", "conformance"])
        {
            CommandResult result = await CommandHost.Run([.. command.Split(' '), "--help"]);
            Assert.Contains($"  postern {command} ", result.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
            Assert.Empty(result.Error);
        }
    }
}
