using System.Diagnostics;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Reference;

/// <summary>A real shell that completes one line with the command's script, and what it offered.</summary>
internal sealed class ShellSession : IDisposable
{
    private const string Prompt = "READY> ";

    // Meta-* puts everything that readline would offer into the line, and the line is then run.
    private const string BashSettings =
        """
        bind 'set enable-bracketed-paste off'
        source "$SESSION/script"
        postern() { printf '%s\n' "$@" >"$SESSION/offered"; exit; }
        PS1='READY> '
        """;

    // Completes the line as soon as there is one to edit, and keeps what is added to the list.
    private const string ZshSettings =
        """
        fpath=("$SESSION" $fpath)
        autoload -Uz compinit
        compinit -u -D
        compadd() {
          if (( ! ${@[(I)-[OAD]]} )); then
            local -a found
            builtin compadd -A found "$@"
            (( ${#found} )) && print -rl -- $found >>"$SESSION/offered"
          fi
          builtin compadd "$@"
        }
        zle-line-init() {
          BUFFER=$LINE_TO_COMPLETE
          CURSOR=${#BUFFER}
          zle complete-word
          BUFFER=exit
          zle accept-line
        }
        zle -N zle-line-init
        """;

    private readonly TestFolder _session = new();

    /// <summary>The current folder of the shell.</summary>
    public TestFolder Folder { get; } = new();

    public void Dispose()
    {
        _session.Dispose();
        Folder.Dispose();
    }

    /// <summary>The path of a program; null if it is not here.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>What a shell offers at the end of a line, in order; folders without a slash.</summary>
    public async Task<IReadOnlyList<string>> OfferedAsync(string shell, string line)
    {
        Assert.SkipWhen(Find(shell) is null || Find("script") is null, $"{shell} and script are needed: .ci/install installs them.");
        string script = (await CommandHost.Run("completion", shell)).Expect(0).Output;
        IEnumerable<string> offered = shell switch
        {
            "bash" => await BashAsync(script, line),
            "zsh" => await ZshAsync(script, line),
            _ => await FishAsync(script, line),
        };
        return [.. offered.Select(word => word.TrimEnd('/', ' ')).Where(word => word.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private async Task<IEnumerable<string>> BashAsync(string script, string line)
    {
        await WriteAsync("script", script);
        await WriteAsync("rc", BashSettings);
        await RunAsync(["script", "-qec", $"bash --noprofile --rcfile '{_session["rc"]}' -i", "/dev/null"], line, $"{line}\u001b*\n");
        // The words before the last one were given, and that one stays if nothing is offered.
        string[] words = line.Split(' ');
        return (await OfferedFileAsync()).Skip(words.Length - 2).Where(word => word != words[^1]);
    }

    private async Task<IEnumerable<string>> ZshAsync(string script, string line)
    {
        await WriteAsync("_postern", script);
        await WriteAsync(".zshrc", ZshSettings);
        await RunAsync(["script", "-qec", "zsh -d -i", "/dev/null"], line, input: null);
        return await OfferedFileAsync();
    }

    private async Task<IEnumerable<string>> FishAsync(string script, string line)
    {
        await WriteAsync("script", script);
        string output = await RunAsync(["fish", "--no-config", "-c", "source $SESSION/script; complete -C $LINE_TO_COMPLETE"], line, input: null);
        return output.Split('\n').Select(offer => offer.Split('\t')[0]);
    }

    private async Task<string> RunAsync(string[] command, string line, string? input)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { WorkingDirectory = Folder.Root, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string variable in (string[])["HOME", "ZDOTDIR", "XDG_CONFIG_HOME", "SESSION"]) start.Environment[variable] = _session.Root;
        start.Environment["LINE_TO_COMPLETE"] = line;
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("INPUTRC");
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wire.Limit);
        try
        {
            string output = input is null ? string.Empty : await ReadUntilPromptAsync(process, limit.Token);
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            await process.StandardInput.FlushAsync(limit.Token);
            output += await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    // Only then does the shell read by itself what is typed.
    private static async Task<string> ReadUntilPromptAsync(Process process, CancellationToken cancellationToken)
    {
        string output = string.Empty;
        char[] buffer = new char[1024];
        while (!output.Contains(Prompt, StringComparison.Ordinal))
        {
            int count = await process.StandardOutput.ReadAsync(buffer.AsMemory(), cancellationToken);
            if (count == 0) throw new InvalidOperationException($"The shell ended: {output}");
            output += new string(buffer, 0, count);
        }

        return output;
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(_session[name], text.ReplaceLineEndings("\n"), TestContext.Current.CancellationToken);

    private async Task<string[]> OfferedFileAsync() =>
        File.Exists(_session["offered"]) ? await File.ReadAllLinesAsync(_session["offered"], TestContext.Current.CancellationToken) : [];
}
