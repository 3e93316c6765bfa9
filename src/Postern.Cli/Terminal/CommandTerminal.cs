using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using Postern.Packets;
using Spectre.Console;

namespace Postern.Cli.Terminal;

/// <summary>
/// Where a command writes: data to stdout, messages to stderr, colours only on a terminal and without NO_COLOR. Tests give their own
/// writers.
/// </summary>
internal sealed class CommandTerminal
{
    private readonly Stream _input;
    private bool _inputTaken;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        // For programs and people, not for HTML: + and ' stay as they are. Control characters never do.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions JsonLineOptions = new(JsonOptions) { WriteIndented = false };

    public CommandTerminal(TextWriter output, TextWriter error, Stream input, Stream rawOutput, bool isInteractive)
    {
        Out = output;
        Error = error;
        _input = input;
        RawOutput = rawOutput;
        IsInteractive = isInteractive;
        IsOutputTerminal = isInteractive && !Console.IsOutputRedirected;
        OutConsole = CreateConsole(output, IsOutputTerminal);
        ErrorConsole = CreateConsole(error, isInteractive && !Console.IsErrorRedirected);
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>Stdout as bytes, for data.</summary>
    public Stream RawOutput { get; }

    /// <summary>A person can be asked: stdin and stderr are a terminal.</summary>
    public bool IsInteractive { get; }

    /// <summary>What is written to stdout is seen at once.</summary>
    public bool IsOutputTerminal { get; }

    /// <summary>The clock that validities are compared with.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reads a key without showing it.</summary>
    public Func<ConsoleKeyInfo> ReadKey { get; init; } = () => Console.ReadKey(intercept: true);

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> GetVariable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Tables and text for stdout.</summary>
    public IAnsiConsole OutConsole { get; }

    /// <summary>Progress, prompts and messages for stderr.</summary>
    public IAnsiConsole ErrorConsole { get; }

    public static CommandTerminal FromProcess() => new(
        Console.Out,
        Console.Error,
        Console.OpenStandardInput(),
        OpenOutput(),
        !Console.IsInputRedirected && !Console.IsErrorRedirected);

    /// <summary>Stdin as bytes, once: a second <c>-</c> on the command line would find nothing.</summary>
    public Stream TakeInput()
    {
        if (_inputTaken) throw new CommandException(ExitCode.Usage, "Only one file can be '-': stdin was read already.");
        _inputTaken = true;
        return _input;
    }

    public void WriteJson<T>(T value) => Out.WriteLine(ToJson(value, JsonOptions));

    /// <summary>JSON in one line, which a reader has at once.</summary>
    public void WriteJsonLine<T>(T value)
    {
        Out.WriteLine(ToJson(value, JsonLineOptions));
        Out.Flush();
    }

    /// <summary>A line of data.</summary>
    public void WriteLine(string line) => Out.WriteLine(ForeignText.Printable(line));

    public void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines) WriteLine(line);
    }

    public void WriteError(string message) => WriteMarked("[red]error:[/]", message);

    public void WriteWarning(string message) => WriteMarked("[yellow]warning:[/]", message);

    /// <summary>A message that is no error: what happens, what to do next.</summary>
    public void WriteHint(string message) => Try(() => Error.WriteLine(ForeignText.Printable(message)));

    /// <summary>Asks for a secret at the terminal, without echo.</summary>
    public Passphrase AskSecret(string question)
    {
        Error.Write(ForeignText.Printable(question));
        Error.Flush();
        Passphrase answer = new();
        while (true)
        {
            ConsoleKeyInfo key = ReadKey();
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace) answer.RemoveLast();
            else if (!char.IsControl(key.KeyChar)) answer.Append(key.KeyChar);
        }

        Error.WriteLine();
        return answer;
    }

    /// <summary>Asks for a yes at the terminal; every key but y means no.</summary>
    public bool Confirm(string question)
    {
        Error.Write($"{ForeignText.Printable(question)} [y/N] ");
        Error.Flush();
        bool isYes = ReadKey().KeyChar is 'y' or 'Y';
        Error.WriteLine(isYes ? "yes" : "no");
        return isYes;
    }

    // The console's own stream swallows the error of a reader that has gone, and a download into head would run to its end. A file
    // stream, for its part, would not move the position that a redirected shell's next command goes on from.
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    // The encoder leaves characters that turn a line round as they are. They stand inside of strings only.
    private static string ToJson<T>(T value, JsonSerializerOptions options)
    {
        string json = JsonSerializer.Serialize(value, options);
        if (Ascii.IsValid(json) || !json.EnumerateRunes().Any(ForeignText.IsInvisible)) return json;
        return string.Concat(json.EnumerateRunes().Select(rune => ForeignText.IsInvisible(rune) ? string.Concat(rune.ToString().Select(unit => $"\\u{(int)unit:X4}")) : rune.ToString()));
    }

    private void WriteMarked(string mark, string message) => Try(() =>
    {
        ErrorConsole.Markup(mark + " ");
        Error.WriteLine(ForeignText.Printable(message));
    });

    // A disk that is full, or a reader that has gone: what the command does is worth more than what it says.
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is nobody to tell.
        }
    }

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal)
    {
        bool colours = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = colours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        // Into a pipe or a file a line is as long as it is.
        if (!isTerminal) console.Profile.Width = 400;
        return console;
    }
}
