using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Postern.Cli.Terminal;

/// <summary>
/// Where a command writes: data to stdout, messages to stderr, colours only on a terminal and without NO_COLOR. Tests give their own
/// writers.
/// </summary>
internal sealed class CommandTerminal
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public CommandTerminal(TextWriter output, TextWriter error, Stream input, Stream rawOutput, bool isInteractive)
    {
        Out = output;
        Error = error;
        Input = input;
        RawOutput = rawOutput;
        IsInteractive = isInteractive;
        OutConsole = CreateConsole(output, isInteractive && !Console.IsOutputRedirected);
        ErrorConsole = CreateConsole(error, isInteractive && !Console.IsErrorRedirected);
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>Stdin as bytes.</summary>
    public Stream Input { get; }

    /// <summary>Stdout as bytes, for data.</summary>
    public Stream RawOutput { get; }

    /// <summary>A person can be asked: stdin and stderr are a terminal.</summary>
    public bool IsInteractive { get; }

    /// <summary>Tables and text for stdout.</summary>
    public IAnsiConsole OutConsole { get; }

    /// <summary>Progress, prompts and messages for stderr.</summary>
    public IAnsiConsole ErrorConsole { get; }

    public static CommandTerminal FromProcess() => new(
        Console.Out,
        Console.Error,
        Console.OpenStandardInput(),
        Console.OpenStandardOutput(),
        !Console.IsInputRedirected && !Console.IsErrorRedirected);

    public void WriteJson<T>(T value) => Out.WriteLine(JsonSerializer.Serialize(value, JsonOptions));

    public void WriteError(string message) => ErrorConsole.MarkupLine($"[red]error:[/] {Markup.Escape(message)}");

    public void WriteWarning(string message) => ErrorConsole.MarkupLine($"[yellow]warning:[/] {Markup.Escape(message)}");

    /// <summary>A message that is no error: what happens, what to do next.</summary>
    public void WriteHint(string message) => ErrorConsole.WriteLine(message);

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
