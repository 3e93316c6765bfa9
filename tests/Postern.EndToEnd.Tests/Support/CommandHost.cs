using System.Text;
using Postern.Cli;
using Postern.Cli.Terminal;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Runs the command in process, with its own streams, clock, environment and keyboard.</summary>
internal sealed class CommandHost
{
    /// <summary>A time inside the validity of the vectors' certificates.</summary>
    public static readonly DateTimeOffset VectorTime = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; init; } = VectorTime;

    public byte[] Input { get; init; } = [];

    public string? Passphrase { get; init; }

    /// <summary>The user's configuration folder.</summary>
    public string? ConfigurationFolder { get; init; }

    /// <summary>The user's folder for sockets of running processes.</summary>
    public string? RuntimeFolder { get; init; }

    /// <summary>What is typed, a line feed for Enter. Null if there is no terminal.</summary>
    public string? Keys { get; init; }

    public static Task<CommandResult> Run(params string[] arguments) => new CommandHost().RunAsync(arguments);

    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        using MemoryStream input = new(Input);
        using MemoryStream rawOutput = new();
        Queue<char> keys = new(Keys ?? string.Empty);
        CommandTerminal terminal = new(output, error, input, rawOutput, isInteractive: Keys is not null)
        {
            Clock = new StandingClock(Now),
            GetVariable = name => name switch
            {
                PassphraseSource.Variable => Passphrase,
                "XDG_CONFIG_HOME" => ConfigurationFolder,
                "XDG_RUNTIME_DIR" => RuntimeFolder,
                _ => null,
            },
            ReadKey = () => ToKey(keys.Dequeue()),
        };
        int exitCode = await PosternCommand.RunAsync(arguments, terminal);
        Assert.Empty(keys);
        return new CommandResult(exitCode, output.ToString(), error.ToString(), rawOutput.ToArray());
    }

    private static ConsoleKeyInfo ToKey(char character) =>
        new(character, character == '\n' ? ConsoleKey.Enter : ConsoleKey.None, shift: false, alt: false, control: false);
}
