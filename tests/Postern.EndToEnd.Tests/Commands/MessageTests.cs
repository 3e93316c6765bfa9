using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

public class MessageTests
{
    private static readonly string[] Server = PosternProcess.Server(TestKeys.Default);

    [Fact]
    public async Task A_server_is_named_as_it_was_written_and_without_codes()
    {
        CommandResult result = await CommandHost.Run(["connect", "nope.invalid", .. PosternProcess.Client(TestKeys.Default)]);
        Assert.StartsWith("error: Cannot connect to nope.invalid:32119: ", result.Expect(ExitCode.Channel).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_one_line()
    {
        CommandResult result = await CommandHost.Run(["serve", "--log-format", "xml", .. Server]);
        Assert.Contains("Must be one of: 'text', 'json'\n", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-connections", "0", "--max-connections is 1 or more, not '0'.")]
    [InlineData("--max-connections", "3000000000", "--max-connections is 1 to 2147483647, not '3000000000'.")]
    [InlineData("--max-connections-per-address", "many", "--max-connections-per-address is 1 or more, not 'many'.")]
    [InlineData("--ratchet-after", "0", "--ratchet-after is a number of bytes, 1 or more, or one with a unit such as 500M or 2G; not '0'.")]
    [InlineData("--drain-timeout", "x", "--drain-timeout is 0, or 0.01 to 2678400 seconds, not 'x'.")]
    [InlineData("--idle-timeout", "0.001", "--idle-timeout is 0, or 0.01 to 2678400 seconds, not '0.001'.")]
    [InlineData("--handshake-timeout", "0", "--handshake-timeout is 0.01 to 2678400 seconds, not '0'.")]
    [InlineData("--clock-offset", "1e300", "--clock-offset is -172800 to 172800 seconds, not '1e300'.")]
    [InlineData("--clock-offset", "172801", "--clock-offset is -172800 to 172800 seconds, not '172801'.")]
    [InlineData("--exec", "echo \"a b", "There is an unbalanced quote in --exec.")]
    public async Task An_option_says_what_it_takes(string option, string value, string message)
    {
        CommandResult result = await CommandHost.Run(["serve", option, value, .. Server]);
        Assert.Contains($"error: {message}\n", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_of_the_other_commands_are_checked_too()
    {
        CommandResult expose = await CommandHost.Run(["expose", "--to", "127.0.0.1:1", "--target-timeout", "-1", .. Server]);
        Assert.Contains("--target-timeout is 0.01 to 2678400 seconds, not '-1'.", expose.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        CommandResult connect = await CommandHost.Run(["connect", "127.0.0.1:1", "--wait", "-1", .. PosternProcess.Client(TestKeys.Default)]);
        Assert.Contains("--wait is 0, or 0.01 to 2678400 seconds, not '-1'.", connect.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a name of more than 32 characters.")]
    [InlineData("n\u00e4me")]
    public async Task A_name_that_does_not_fit_is_refused_as_an_option(string name)
    {
        CommandResult result = await CommandHost.Run("root", "create", "--name", name, "--no-passphrase");
        Assert.Contains("error: --name is 1 to 32 printable ASCII characters.", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        using TestFolder folder = new();
        string message = $"error: The folder {folder["none"]} does not exist.\n";
        string path = Path.Combine(folder["none"], "file");
        CommandResult export = await CommandHost.Run("root", "export", "--cert", QstpVectors.Set1("root_public_cert.qrr"), "--out", path);
        Assert.Equal(message, export.Expect(ExitCode.File).Error);
        CommandResult serve = await CommandHost.Run(["serve", "--listen", "127.0.0.1:0", "--ready-file", path, .. Server]);
        Assert.Equal(message, serve.Expect(ExitCode.File).Error);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named_without_its_temporary_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        CommandResult export = await CommandHost.Run("root", "export", "--cert", QstpVectors.Set1("root_public_cert.qrr"), "--out", "/proc/x");
        Assert.StartsWith("error: '/proc/x' cannot be written: ", export.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", export.Error, StringComparison.Ordinal);
        CommandResult create = await CommandHost.Run("root", "create", "--name", "r", "--suite", "1", "--out", "/proc/x", "--no-passphrase");
        Assert.StartsWith("error: The folder /proc/x does not exist and cannot be made: ", create.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("suites")]
    [InlineData("demo")]
    [InlineData("root")]
    [InlineData("cert")]
    public async Task Help_has_examples(string command)
    {
        CommandResult result = await CommandHost.Run(command, "--help");
        Assert.Contains($"Examples:\n  postern {command}", result.Expect(ExitCode.Success).Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("expose")]
    [InlineData("forward")]
    public async Task Help_of_a_command_that_stays_has_its_exit_codes(string command)
    {
        CommandResult result = await CommandHost.Run(command, "--help");
        Assert.Contains("130 that some had to be cut", result.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }
}
