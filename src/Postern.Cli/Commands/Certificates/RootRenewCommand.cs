using System.CommandLine;
using Postern.Authority.Records;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root renew</c>: new dates for a recorded certificate.</summary>
internal static class RootRenewCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> certificate = RootOptions.Certificated();
        RootArguments arguments = new();
        Option<int?> days = CommonOptions.Days("as long as the certificate it replaces", ServerKey.MaxValidityDays);
        Option<string> output = new("--out", "-o") { Description = "Where the certificate goes; - is stdout.", HelpName = "FILE", Required = true };
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "renew",
            "Sign a recorded certificate again, with new dates. The server's key stays, and so does the serial.",
            """
            The server's key file carries the serial and dates of its own, which a renewal does not prolong: a server whose key has ended
            needs a new one. Server and clients need the new certificate. One that is revoked cannot be renewed.

            Examples:
              postern root renew server_public_cert.qrc --days 90 --out server_public_cert.qrc --force
              postern root renew 0123456789ABCDEF0123456789ABCDEF --out server.qrc --passphrase-file pass
            """)
        {
            certificate, days, output, force, json,
        };
        arguments.AddTo(command);
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(output);
            RecordedOutput written = new(terminal, target, result.GetValue(force), result.GetValue(json));
            SigningRoot root = arguments.Load(result, terminal);
            using OpenInventory opened = root.OpenInventory();
            CertificateRecord record = new RootRenewal(terminal, opened.Inventory, root.Certificate).Renew(
                CertificateSerial.Resolve(root.Files, result.GetRequiredValue(certificate)),
                result.GetValue(days) is { } count ? TimeSpan.FromDays(count) : null,
                root.LoadKey);
            written.Write(record.Parse(), isRecorded: true);
            return ExitCode.Success;
        });
        return command;
    }
}
