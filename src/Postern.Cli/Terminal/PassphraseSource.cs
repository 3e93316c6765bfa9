namespace Postern.Cli.Terminal;

/// <summary>Where a passphrase comes from: the file that was named, else the environment, else the person at the terminal.</summary>
/// <param name="terminal">Where it is asked for.</param>
/// <param name="file">The file.</param>
/// <param name="variable">The environment's variable; null where the environment does not mean this passphrase.</param>
internal sealed class PassphraseSource(CommandTerminal terminal, string? file, string? variable = PassphraseSource.Variable)
{
    public const string Variable = "POSTERN_PASSPHRASE";

    private readonly GivenSecret _given = new(terminal, "passphrase", file, variable);

    /// <summary>Something was given, so nobody needs to be asked.</summary>
    public bool IsGiven => _given.IsGiven;

    /// <summary>A wrong answer can be given again.</summary>
    public bool CanAskAgain => !IsGiven && terminal.IsInteractive;

    /// <summary>The passphrase of a key that is there.</summary>
    public Passphrase Get(string path)
    {
        if (_given.Get() is { } given) return given;
        if (terminal.IsInteractive) return terminal.AskSecret($"Passphrase of {path}: ");
        throw new CommandException(
            ExitCode.Usage, $"{path} is under a passphrase: give it with --passphrase-file FILE, or in the environment as {Variable}.");
    }

    /// <summary>The passphrase of a new key; at the terminal it is asked for twice.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="alternative">What else a caller without a terminal can do.</param>
    public Passphrase GetNew(string path, string alternative)
    {
        if (_given.Get() is { } given) return given;
        if (!terminal.IsInteractive)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"A passphrase for {path} is needed: give it with --passphrase-file FILE, or in the environment as {Variable}{alternative}.");
        }

        Passphrase first = terminal.AskSecret($"New passphrase for {path}: ");
        using Passphrase second = terminal.AskSecret("The same again: ");
        if (!first.Characters.IsEmpty && first.Characters.SequenceEqual(second.Characters)) return first;
        bool isEmpty = first.Characters.IsEmpty;
        first.Dispose();
        throw new CommandException(ExitCode.Usage, isEmpty ? "The passphrase is empty." : "The two passphrases differ.");
    }
}
