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
        RootArguments arguments = new();
        Option<string> reason = new("--reason") { Description = "Why.", HelpName = "REASON", Required = true };
        reason.AcceptOnlyFromAmong([.. RecordText.Reasons]);
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
            certificate, reason, json,
        };
        arguments.AddTo(command);
        command.SetAction(result =>
        {
            SigningRoot root = arguments.Load(result, terminal);
            string serial = CertificateSerial.Resolve(root.Files, result.GetRequiredValue(certificate));
            using OpenInventory opened = root.OpenInventory();
            CertificateRecord record = opened.Inventory.Find(serial);
            using RootKey key = root.LoadKey();
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
