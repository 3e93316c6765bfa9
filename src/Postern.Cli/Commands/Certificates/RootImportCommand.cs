using System.CommandLine;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root import</c>: records a certificate that the root signed without its inventory.</summary>
internal static class RootImportCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> path = new("CERT") { Description = "The certificate; - is stdin." };
        Option<string?> requestPath = new("--request")
        {
            Description = "The request that it was made from, which says when the server's key ends. Default: the key ends with the certificate.",
            HelpName = "FILE",
        };
        RootArguments arguments = new();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "import",
            "Record a certificate that the root signed before 'root init', or without its inventory, so that it can be renewed and revoked.",
            """
            The certificate must verify under the root; it may have ended. The audit log says 'imported' of it. Of several renewals give the
            newest. The exit code is 1 if its serial is recorded already, or if it is not the root's.

            Examples:
              postern root import server_public_cert.qrc
              postern root import server_public_cert.qrc --request server_public_cert.unsigned.qrc --passphrase-file pass
            """)
        {
            path, requestPath, json,
        };
        arguments.AddTo(command);
        command.SetAction(result =>
        {
            SigningRoot root = arguments.Load(result, terminal);
            string certificatePath = result.GetRequiredValue(path);
            ServerCertificate certificate = root.Files.LoadCertificate(certificatePath);
            ExpectSigned(root.Certificate, certificate, certificatePath);
            ServerCertificate request = result.GetValue(requestPath) is { } from ? LoadRequest(root.Files, from) : certificate;
            using OpenInventory opened = root.OpenInventory();
            using RootKey key = root.LoadKey();
            CertificateRecord record = opened.Inventory.Import(request, certificate, key);
            if (result.GetValue(json)) terminal.WriteJson(new { record.Serial, record.Name, record.ValidTo, record.Entry });
            else terminal.WriteLine($"{record.Serial} ('{record.Name}'): imported, valid to {record.ValidTo:u}");
            return ExitCode.Success;
        });
        return command;
    }

    // As of its first moment: what has ended can be revoked and looked up, too.
    private static void ExpectSigned(RootCertificate root, ServerCertificate certificate, string path)
    {
        try
        {
            root.Verify(certificate, RootFiles.Policy with { Clock = new FixedClock(certificate.ValidFrom) });
        }
        catch (ChannelException exception)
        {
            throw new CommandException(ExitCode.Failed, $"{path}: {exception.Message}");
        }
    }

    private static ServerCertificate LoadRequest(KeyFiles files, string path)
    {
        object content = files.Load(path);
        return (content as SignedRequest)?.Request ?? KeyFiles.ExpectCertificate(path, content);
    }
}
