using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>The folder of the status sockets: nobody else's.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Where_no_process_runs_it_says_so_and_fails()
    {
        using TestFolder folder = new();
        CommandResult result = await new CommandHost { RuntimeFolder = folder.Root }.RunAsync("status");
        result.Expect(1);
        Assert.Contains("No running postern process answers.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_a_crashed_process_left_is_removed()
    {
        using TestFolder folder = new();
        CommandTerminal terminal = new(TextWriter.Null, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false) { GetVariable = _ => folder.Root };
        await using (StatusSocket.Start(terminal, "serve", () => null, () => [], () => []))
        {
            Assert.Single(Directory.EnumerateFileSystemEntries(folder["postern"]));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["postern"]));
        string left = folder.Write("postern/2147483647.sock", []);
        (await new CommandHost { RuntimeFolder = folder.Root }.RunAsync("status")).Expect(1);
        Assert.False(File.Exists(left));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    public async Task A_folder_that_others_can_use_is_neither_believed_nor_used(UnixFileMode others)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        using TestFolder folder = new();
        string run = Directory.CreateDirectory(folder["postern"]).FullName;
        File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | others);
        CommandHost host = new() { RuntimeFolder = folder.Root };
        CommandResult asked = await host.RunAsync("status");
        Assert.NotEqual(0, asked.ExitCode);
        Assert.Contains("run 'chmod 700' on it", asked.Error, StringComparison.Ordinal);

        // A process that listens goes on without: its work does not depend on it.
        using StringWriter output = new();
        using StringWriter errors = new();
        CommandTerminal terminal = new(output, errors, Stream.Null, Stream.Null, isInteractive: false) { GetVariable = _ => folder.Root };
        Assert.Null(StatusSocket.Start(terminal, "serve", () => null, () => [], () => []));
        Assert.Contains("'postern status' will not see this process: others than its owner can use", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(run));
    }
}
