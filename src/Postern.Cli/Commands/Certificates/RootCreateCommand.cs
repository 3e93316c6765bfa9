using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root create</c>: a new root key and its certificate.</summary>
internal static class RootCreateCommand
{
    public const string CertificateName = "root_public_cert.qrr";
    public const string KeyName = "root_secret_key.qsk";

    public static Command Create(CommandTerminal terminal)
    {
        Option<string> name = CommonOptions.Name("root's");
        Option<Suite> suite = SuiteOption.Qstp();
        Option<int?> days = CommonOptions.Days($"{NewRootFiles.StandardDays}", RootKey.MaxValidityDays);
        Option<string> folder = CommonOptions.Folder();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<bool> noPassphrase = CommonOptions.NoPassphrase();
        NewTokenOptions token = new();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "create",
            $"Make a root: its secret key ({KeyName}, readable by you alone) and its certificate ({CertificateName}), signed by itself.",
            $"""
            Examples:
              postern root create --name "Example root" --out root
              postern root create --name "Test root" --suite level1 --days 30 --no-passphrase
              postern root create --name "Example root" --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --pkcs11-token "Root HSM" --pin-file pin
            """)
        {
            name, suite, days, folder, passphraseFile, noPassphrase, force, json,
        };
        token.AddTo(command);
        command.Validators.Add(result =>
        {
            if (token.IsGiven(result) && (result.GetResult(noPassphrase) is { Implicit: false } || result.GetResult(passphraseFile) is { Implicit: false }))
            {
                result.AddError("--pkcs11-token excludes --no-passphrase and --passphrase-file.");
            }

            if (CommonOptions.HasBoth(result, noPassphrase, passphraseFile))
            {
                result.AddError("--no-passphrase and --passphrase-file exclude each other.");
            }
        });
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string keyPath = OutputFiles.In(target, KeyName);
            string certificatePath = OutputFiles.In(target, CertificateName);
            PassphraseSource passphrases = new(terminal, result.GetValue(passphraseFile));
            (RootCertificate certificate, RootKey key) = new NewRootFiles(terminal, new KeyFiles(terminal), passphrases).Create(
                target,
                result.GetRequiredValue(name),
                result.GetRequiredValue(suite),
                result.GetValue(days),
                !result.GetValue(noPassphrase),
                result.GetValue(force),
                export => token.TryProtect(result, terminal, export));
            key.Dispose();

            FileReport report = FileReport.Of(certificate, certificatePath, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"The secret key is {keyPath}: keep it on this machine, with a copy in a safe place.");
            terminal.WriteHint($"Give {certificatePath} to servers and clients; they compare the fingerprint with 'postern root show'.");
            terminal.WriteHint($"Next: 'postern root init --root-cert {certificatePath} --root-key {keyPath}' here to keep a record, 'postern cert request' on the server, then 'postern root sign' here.");
            return ExitCode.Success;
        });
        return command;
    }
}
