using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Keys;

/// <summary><c>postern key generate</c>: a new private key and its public key.</summary>
internal static class KeyGenerateCommand
{
    private const int StandardDays = 365;

    public static Command Create(CommandTerminal terminal)
    {
        Option<QsmpMode> mode = KeyOptions.Mode();
        Option<string?> name = KeyOptions.FileName("First part of the files' names. Default: server for simplex, peer for duplex.");
        Option<Suite> suite = SuiteOption.Qsmp();
        Option<int?> days = CommonOptions.Days($"{StandardDays}", QsmpPrivateKey.MaxValidityDays);
        Option<string> folder = CommonOptions.Folder();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<bool> noPassphrase = CommonOptions.NoPassphrase();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "generate",
            "Make a private key (NAME_secret_key.qskey, readable by you alone) and its public key (NAME_public_key.qpkey).",
            """
            The reference's programs look for server_... in SIMPLEX, listener_... and sender_... in DUPLEX, and for a private key in clear.

            Examples:
              postern key generate --out server --no-passphrase
              postern key generate --mode duplex --name sender --suite level3 --days 90 --out keys
            """)
        {
            mode, name, suite, days, folder, passphraseFile, noPassphrase, force, json,
        };
        command.Validators.Add(result =>
        {
            if (CommonOptions.HasBoth(result, noPassphrase, passphraseFile))
            {
                result.AddError("--no-passphrase and --passphrase-file exclude each other.");
            }
        });
        command.SetAction(result =>
        {
            QsmpMode keyMode = result.GetValue(mode);
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string stem = result.GetValue(name) ?? (keyMode == QsmpMode.Simplex ? "server" : "peer");
            string secretPath = OutputFiles.In(target, $"{stem}_secret_key.qskey");
            string publicPath = OutputFiles.In(target, $"{stem}_public_key.qpkey");
            OutputFiles.ExpectAbsent(result.GetValue(force), secretPath, publicPath);
            using QsmpPrivateKey key = QsmpPrivateKey.Generate(
                result.GetRequiredValue(suite), TimeSpan.FromDays(result.GetValue(days) ?? StandardDays), terminal.Clock);
            QsmpPublicKey publicKey = key.GetPublicKey(keyMode);
            using SecretBytes secret = result.GetValue(noPassphrase)
                ? key.ToSecretBytes()
                : KeyProtection.Protect(key.ToSecretBytes, secretPath, new PassphraseSource(terminal, result.GetValue(passphraseFile)), ", or choose --no-passphrase");
            OutputFiles.WritePair(secretPath, secret.Span, publicPath, publicKey.ToBytes(), result.GetValue(force));

            FileReport report = FileReport.Of(publicKey, publicPath, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"The private key is {secretPath}: it stays on this machine.");
            terminal.WriteHint(keyMode == QsmpMode.Simplex
                ? $"Next: give {publicPath} to the clients; they compare the fingerprint with 'postern key show'."
                : $"Next: give {publicPath} to the peer, who compares the fingerprint and takes it with 'postern key trust'.");
            return ExitCode.Success;
        });
        return command;
    }
}
