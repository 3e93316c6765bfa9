using System.CommandLine;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Reference;

/// <summary>The scripts of <c>postern completion</c>, in the shells that they are for.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly ShellSession _session = new();

    public static TheoryData<string, string, string> Lines
    {
        get
        {
            TheoryData<string, string, string> data = [];
            foreach (string shell in (string[])["bash", "zsh", "fish"])
            {
                foreach ((string line, string offered) in ((string, string)[])
                [
                    ("postern ro", "root"),
                    ("postern m", "message"),
                    ("postern root re", "renew request-signature revocations revoke"),
                    ("postern forward --pro", "--protocol"),
                    ("postern forward --log-format ", "json text"),
                    ("postern forward --verbose --protocol ", "duplex qstp simplex"),
                    ("postern forward --protocol qstp --revocation-stale w", "warn"),
                    ("postern key generate --suite level", "level1 level3 level5"),
                    ("postern forward --max-connections ", ""),
                    ("postern completion ", "bash fish zsh"),
                    ("postern root sign --ro", "--root-cert --root-key"),
                    ("postern forward --cert ser", "server.qrc"),
                    ("postern root sign ser", "server.qrc"),
                    ("postern key generate --out ", "folder"),
                    ("postern suites ser", ""),
                ])
                {
                    data.Add(shell, line, offered);
                }
            }

            return data;
        }
    }

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_shell_offers_what_can_be_there(string shell, string line, string offered)
    {
        _session.Folder.Write("server.qrc", [1]);
        Directory.CreateDirectory(_session.Folder["folder"]);
        Assert.Equal(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries), await _session.OfferedAsync(shell, line));
    }

    [Fact]
    public async Task Bash_completes_a_value_behind_an_equals_sign() =>
        Assert.Equal(["--log-format=json"], await _session.OfferedAsync("bash", "postern forward --log-format=j"));

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Every_command_and_option_is_in_a_script(string shell)
    {
        string script = (await CommandHost.Run("completion", shell)).Expect(ExitCode.Success).Output;
        foreach ((string[] words, Command command) in CommandTree.Commands)
        {
            string[] part = PartOf(script, shell, words);
            foreach (string name in CommandTree.OptionNames(command).Concat(command.Subcommands.Where(below => !below.Hidden).Select(below => below.Name)))
            {
                string searched = shell != "fish" ? name : name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}" : name[0] == '-' ? $"-s {name[1..]}" : $"-a {name}";
                Assert.True(part.Any(line => HasWord(line, searched)), $"{shell}: {string.Join(' ', words)} does not offer {name}.");
            }
        }
    }

    [Fact]
    public async Task A_shell_that_is_none_is_refused()
    {
        CommandResult result = await CommandHost.Run("completion", "tcsh");
        result.Expect(ExitCode.Usage);
        Assert.Contains("bash", result.Error, StringComparison.Ordinal);
    }

    private static bool HasWord(string line, string word)
    {
        for (int at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            int end = at + word.Length;
            if ((at == 0 || !IsPart(line[at - 1])) && (end == line.Length || !IsPart(line[end]))) return true;
        }

        return false;

        static bool IsPart(char character) => char.IsAsciiLetterOrDigit(character) || character == '-';
    }

    private static string[] PartOf(string script, string shell, string[] words)
    {
        string[] lines = script.Split('\n');
        return shell switch
        {
            "bash" => [.. lines.SkipWhile(line => line != $"    '{string.Join(' ', words)}')").TakeWhile(line => line != "      ;;")],
            "zsh" => [.. lines.SkipWhile(line => line != $"_{string.Join('_', words).Replace('-', '_')}() {{").TakeWhile(line => line != "}")],
            _ => [.. lines.Where(line => line.Contains($"-n '__postern_in{string.Concat(words.Skip(1).Select(word => " " + word))}'", StringComparison.Ordinal)
                || line.Contains($"-n '__postern_at{string.Concat(words.Skip(1).Select(word => " " + word))}'", StringComparison.Ordinal))],
        };
    }
}
