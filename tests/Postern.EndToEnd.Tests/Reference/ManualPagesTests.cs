using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using Postern.Cli;
using Postern.Cli.Reference;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Reference;

/// <summary>The manual pages that <c>postern man</c> writes.</summary>
public sealed class ManualPagesTests : IDisposable
{
    // A page of the future would be warned of.
    private static readonly DateTimeOffset Edition = new(2026, 2, 3, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_command_has_a_page_and_every_option_and_argument_an_entry_there()
    {
        await WriteAsync();
        string[] expected = [.. CommandTree.Commands.Select(command => $"{string.Join('-', command.Words)}.1"), "postern-config.5"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), _folder.Names, StringComparer.Ordinal);
        foreach ((string[] words, Command command) in CommandTree.Commands)
        {
            string[] lines = Page($"{string.Join('-', words)}.1");
            foreach (string name in CommandTree.OptionNames(command)) Assert.True(Tags(lines).Any(tag => tag.Contains($"\\fB{Escaped(name)}\\fR", StringComparison.Ordinal)), $"{string.Join(' ', words)} says nothing of {name}.");
            foreach (Argument argument in command.Arguments) Assert.Contains(Tags(lines), tag => tag == $"\\fI{Escaped(argument.HelpName ?? argument.Name)}\\fR");
            foreach (Command below in command.Subcommands.Where(below => !below.Hidden)) Assert.Contains($"\\fB{Escaped(string.Join('-', words) + "-" + below.Name)}\\fR(1)", Tags(lines), StringComparer.Ordinal);
            Assert.Contains($"\\fB{Escaped(string.Join(' ', words))}\\fR", lines, StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_have_the_details_the_examples_and_the_defaults_of_the_help()
    {
        await WriteAsync();
        string[] forward = Page("postern-forward.1");
        Assert.StartsWith(".TH POSTERN\\-FORWARD 1 2026-02-03 ", forward[0], StringComparison.Ordinal);
        Assert.Contains("postern forward \\-\\-listen 127.0.0.1:8080 \\-\\-server gate.example.org \\-\\-root root.qrr \\-\\-cert server.qrc", forward.SkipWhile(line => line != ".SH EXAMPLES"), StringComparer.Ordinal);
        Assert.Contains(forward, line => line.StartsWith("Each connection gets a tunnel of its own, or with \\fB\\-\\-multiplex\\fR", StringComparison.Ordinal));
        Assert.Contains("Log lines as text, or as one JSON object each. One of: json, text. Default: text.", forward, StringComparer.Ordinal);
        Assert.Contains(forward, line => line.StartsWith("qstp: a server", StringComparison.Ordinal) && line.EndsWith("Default: qstp.", StringComparison.Ordinal));
        Assert.Contains("\\fBdrain\\-timeout\\fR,", Page("postern-config.5"), StringComparer.Ordinal);
        Assert.DoesNotContain("\\fBconfig\\fR,", Page("postern-config.5"), StringComparer.Ordinal);
    }

    [Fact]
    public void Every_exit_code_is_explained()
    {
        int[] codes = [.. typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!)];
        Assert.Equal(codes.Order(), CommandManual.ExitCodes.Select(code => code.Code));
    }

    [Fact]
    public async Task The_manual_s_own_checker_has_nothing_to_say()
    {
        string? mandoc = ShellSession.Find("mandoc");
        Assert.SkipWhen(mandoc is null, "mandoc is needed: .ci/install installs it.");
        await WriteAsync();
        ProcessStartInfo start = new(mandoc!, ["-T", "lint", "-W", "warning", .. _folder.Names.Select(name => _folder[name])]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(string.Empty, await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(string.Empty, await errors);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private async Task WriteAsync() => (await new CommandHost { Now = Edition }.RunAsync("man", "--out", _folder.Root)).Expect(ExitCode.Success);

    private string[] Page(string name) => File.ReadAllLines(_folder[name]);

    private static IEnumerable<string> Tags(string[] lines) => lines.Where((_, i) => i > 0 && lines[i - 1] == ".TP");

    private static string Escaped(string text) => text.Replace("-", "\\-", StringComparison.Ordinal);
}
