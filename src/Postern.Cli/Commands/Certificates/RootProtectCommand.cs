using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root protect</c>: puts a root's key under another passphrase, or under a token's key.</summary>
internal static class RootProtectCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string> keyPath = RootOptions.Key();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<string?> newPassphraseFile = new("--new-passphrase-file")
        {
            Description = "File whose first line is the new passphrase; - is stdin. Otherwise a question; the environment is for the present one.",
            HelpName = "FILE",
        };
        NewTokenOptions token = new();
        DetailedCommand command = new(
            "protect",
            "Put a root's secret key under another passphrase, or under a key that stays in a PKCS#11 token. The file is replaced.",
            """
            The key itself stays as it is, and so does every copy of the old file: who has one and its passphrase has the key. Nothing else than
            the token opens what is under its key, so keep a copy under a passphrase in a safe place. A PIN that is given serves for the present token and the new one.

            Examples:
              postern root protect --root-key root/root_secret_key.qsk --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --pkcs11-token "Root HSM"
              postern root protect --root-key copy.qsk --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --pin-file pin --new-passphrase-file pass
            """)
        {
            keyPath, passphraseFile, newPassphraseFile,
        };
        token.AddTo(command);
        command.Validators.Add(result =>
        {
            if (token.IsGiven(result) && result.GetResult(newPassphraseFile) is { Implicit: false }) result.AddError("--pkcs11-token and --new-passphrase-file exclude each other.");
        });
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(keyPath);
            string? newFile = result.GetValue(newPassphraseFile);
            if (path == FileBytes.StandardInput) throw new CommandException(ExitCode.Usage, "A key from stdin cannot be replaced: name its file.");
            if (!token.IsGiven(result.CommandResult) && newFile is null && !terminal.IsInteractive)
            {
                throw new CommandException(ExitCode.Usage, "Say what the key goes under: --pkcs11-token LABEL or --new-passphrase-file FILE.");
            }

            using RootKey key = new KeyFiles(terminal).LoadRootKey(
                path, new PassphraseSource(terminal, result.GetValue(passphraseFile)), token.Access(result, terminal));
            using SecretBytes container = token.TryProtect(result, terminal, key.ToSecretBytes)
                ?? KeyProtection.Protect(key.ToSecretBytes, path, new PassphraseSource(terminal, newFile, variable: null), string.Empty);
            AtomicFile.WriteSecret(path, container.Span, overwrite: true);
            terminal.WriteLines(FileReport.Of(FileContent.Parse(container.Span, zone: null)!, path, terminal.Clock).Lines());
            return ExitCode.Success;
        });
        return command;
    }
}
