using System.CommandLine;
using System.Net;
using Postern.Authority.Service;
using Postern.Cli.Commands.Authority;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern cert renew</c>: the successor of a certificate from the root's service, with a key of its own.</summary>
internal static class CertificateRenewCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<EndPoint?> service = ServiceArguments.ServiceArgument();
        Option<string> certificate = new("--cert") { Description = "The certificate that is to be renewed.", HelpName = "FILE", Required = true };
        Option<string> keyFile = new("--key") { Description = "Its key.", HelpName = "FILE", Required = true };
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<string> folder = CommonOptions.Folder();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        ServiceArguments calling = new();
        DetailedCommand command = new(
            "renew",
            "Have the root's service issue the successor of a certificate: the same name, a new key, a new serial.",
            """
            The old certificate's key signs for it. Serve both until the old one ends: --cert and --key can be repeated.

            Examples:
              postern cert renew rds.example.org --root root.qrr --service-cert rds.qrc --cert server/server_public_cert.qrc --key server/server_secret_key.qsk --out next
            """)
        {
            service, certificate, keyFile, passphraseFile, folder, force, json,
        };
        calling.AddTo(command, isAdministration: false);
        command.SetAction(async (result, cancellationToken) =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string keyPath = OutputFiles.In(target, CertificateRequestCommand.KeyName);
            string certificatePath = OutputFiles.In(target, CertificateEnrollCommand.CertificateName);
            OutputFiles.ExpectAbsent(result.GetValue(force), keyPath, certificatePath);
            RootCertificate root = calling.LoadRoot(result, terminal);
            KeyFiles files = new(terminal);
            ServerCertificate former = files.LoadCertificate(result.GetRequiredValue(certificate));
            using ServerKey formerKey = files.LoadServerKey(result.GetRequiredValue(keyFile), new PassphraseSource(terminal, result.GetValue(passphraseFile)));
            using EnrolmentClient client = await calling.ConnectAsync(result, terminal, result.GetValue(service)!, root, cancellationToken);
            Renewal renewal = await Renewal.RunAsync(client, former, formerKey, terminal.Clock, cancellationToken);
            using (renewal.Key)
            using (SecretBytes file = renewal.Key.ToSecretBytes())
            {
                OutputFiles.WritePair(keyPath, file.Span, certificatePath, renewal.Certificate.ToBytes(), result.GetValue(force));
            }

            FileReport report = FileReport.Of(renewal.Certificate, certificatePath, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"Next: serve {certificatePath} beside the old certificate, and give it to the clients before {former.ValidTo:u}.");
            return ExitCode.Success;
        });
        return command;
    }
}
