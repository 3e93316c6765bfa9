using System.CommandLine;
using Postern.Authority.Records;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root revoke</c>: records that a certificate is not to be trusted any more.</summary>
internal static class RootRevokeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> certificate = RootOptions.Certificated();
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> keyPath = RootOptions.Key();
        Option<string?> inventory = RootOptions.Inventory();
        Option<string> reason = new("--reason") { Description = "Why.", HelpName = "REASON", Required = true };
        reason.AcceptOnlyFromAmong([.. RecordText.Reasons]);
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        TokenOptions token = new();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "revoke",
            "Record that a certificate is not to be trusted any more, in all of its renewals. It cannot be taken back.",
            $"""
            Reasons: {string.Join(", ", RecordText.Reasons)}. Servers and clients learn of it by the list that 'postern root revocations'
            signs, or by --deny and --deny-file. The exit code is 1 if the serial is unknown or revoked already.

            Examples:
              postern root revoke server_public_cert.qrc --reason key-compromise
              postern root revoke 0123456789ABCDEF0123456789ABCDEF --reason cessation --passphrase-file pass
            """)
        {
            certificate, rootPath, keyPath, inventory, reason, passphraseFile, json,
        };
        token.AddTo(command);
        command.SetAction(result =>
        {
            string root = result.GetRequiredValue(rootPath);
            KeyFiles files = new(terminal);
            RootFiles rootFiles = new(terminal.Clock, files, root, result.GetRequiredValue(keyPath)) { Tokens = token.Read(result, terminal) };
            RootCertificate rootCertificate = rootFiles.LoadRoot();
            string serial = CertificateSerial.Resolve(files, result.GetRequiredValue(certificate));
            using OpenInventory opened = new InventoryFile(terminal, root, result.GetValue(inventory)).Open(rootCertificate);
            CertificateRecord record = opened.Inventory.Find(serial);
            using RootKey key = rootFiles.LoadKey(rootCertificate, new PassphraseSource(terminal, result.GetValue(passphraseFile)));
            RevocationRecord revocation = opened.Inventory.Revoke(serial, RecordText.ParseReason(result.GetRequiredValue(reason))!.Value, key);

            if (result.GetValue(json))
            {
                terminal.WriteJson(new { revocation.Serial, record.Name, Reason = RecordText.Of(revocation.Reason), revocation.RevokedAt, revocation.RevokedBy });
            }
            else
            {
                terminal.WriteLine($"{serial} ('{record.Name}'): revoked, {RecordText.Of(revocation.Reason)}");
            }

            terminal.WriteHint($"Next: publish it with 'postern root revocations --out FILE'. Servers and clients without --revocation-list need --deny {serial}, or a line in their --deny-file.");
            return ExitCode.Success;
        });
        return command;
    }
}
