using System.Text;
using Postern.Cryptography;

namespace Postern.Cli.Terminal;

/// <summary>Where a token's PIN comes from: the file that was named, else the environment, else the person at the terminal. It is asked for once.</summary>
internal sealed class PinSource(CommandTerminal terminal, string? file)
{
    public const string Variable = "POSTERN_PKCS11_PIN";

    private readonly GivenSecret _given = new(terminal, "PIN", file, Variable);

    /// <summary>The PIN in UTF-8.</summary>
    public SecretBytes Get(string tokenLabel)
    {
        using Passphrase pin = _given.Get() ?? Ask(tokenLabel);
        if (pin.Characters.IsEmpty) throw new CommandException(ExitCode.Usage, "The PIN is empty.");
        SecretBytes bytes = new(Encoding.UTF8.GetByteCount(pin.Characters));
        Encoding.UTF8.GetBytes(pin.Characters, bytes.Span);
        return bytes;
    }

    private Passphrase Ask(string tokenLabel) => terminal.IsInteractive
        ? terminal.AskSecret($"PIN of the token '{tokenLabel}': ")
        : throw new CommandException(
            ExitCode.Usage, $"The PIN of the token '{tokenLabel}' is needed: give it with --pin-file FILE, or in the environment as {Variable}.");
}
