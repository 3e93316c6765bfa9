using System.CommandLine;
using System.Text;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root export</c>: a copy of the root certificate, or of a recorded one, to hand out.</summary>
internal static class RootExportCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string?> serial = new("SERIAL")
        {
            Description = "The serial of a certificate in the inventory, whose newest form is written. Default: the root's own certificate.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> certificate = new("--cert", "--root-cert")
        {
            Description = "The root's certificate; - is stdin.",
            HelpName = "FILE",
            DefaultValueFactory = _ => RootCreateCommand.CertificateName,
        };
        Option<string> output = new("--out", "-o")
        {
            Description = "A folder, where the copy is named after the root, or a file; - is stdout.",
            HelpName = "PATH",
            Required = true,
        };
        Option<string?> inventory = RootOptions.Inventory();
        Option<bool> text = CommonOptions.Text();
        Option<TimeZoneInfo?> zone = CommonOptions.TimeZone();
        Option<bool> force = CommonOptions.Force();
        DetailedCommand command = new(
            "export",
            "Copy the root certificate or one of the inventory, named after its holder, or in its printed form, to give it to servers and clients.",
            """
            Examples:
              postern root export --cert root/root_public_cert.qrr --out /media/stick
              postern root export 0123456789ABCDEF0123456789ABCDEF --out server_public_cert.qrc
              postern root export --text --timezone UTC --out root.txt
            """)
        {
            serial, certificate, output, inventory, text, zone, force,
        };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(certificate);
            KeyFiles files = new(terminal, result.GetValue(zone));
            Certificate content = result.GetValue(serial) is { } number
                ? Recorded(terminal, files, path, result.GetValue(inventory), number)
                : Root(terminal, files, path);
            string target = Target(content, result.GetRequiredValue(output), result.GetValue(text));
            byte[] data = result.GetValue(text)
                ? Encoding.ASCII.GetBytes(PrintedForm.Of(content, path, result.GetValue(zone)))
                : content.ToBytes();
            OutputFiles.WritePublic(terminal, target, data, result.GetValue(force));
            if (target != OutputFiles.StandardOutput) terminal.WriteLine(target);
            if (content is RootCertificate root) terminal.WriteHint($"Fingerprint: {root.Fingerprint}");
            return ExitCode.Success;
        });
        return command;
    }

    private static RootCertificate Root(CommandTerminal terminal, KeyFiles files, string path)
    {
        RootCertificate root = files.LoadRoot(path);
        FileReport report = FileReport.Of(root, path, terminal.Clock);
        return report.IsSignatureValid == false ? throw new CommandException(ExitCode.Failed, $"{path}: {report.Signature}") : root;
    }

    private static ServerCertificate Recorded(CommandTerminal terminal, KeyFiles files, string rootPath, string? inventory, string text)
    {
        string serial = CertificateSerial.Parse(text) ?? throw new CommandException(ExitCode.Usage, $"'{text}' is no serial of 32 hexadecimal digits.");
        using OpenInventory opened = new InventoryFile(terminal, rootPath, inventory)
            .Open(RootFiles.LoadRoot(terminal.Clock, files, rootPath, allowExpired: true));
        if (opened.Inventory.FindRevocation(serial) is { } revocation) terminal.WriteWarning($"it was revoked on {revocation.RevokedAt:u}.");
        return opened.Inventory.Find(serial).Parse();
    }

    private static string Target(Certificate certificate, string output, bool isText)
    {
        if (!Directory.Exists(output) && !Path.EndsInDirectorySeparator(output)) return output;
        OutputFiles.MakeFolder(output);
        return Path.Combine(output, FileName(certificate, certificate is RootCertificate ? ".qrr" : ".qrc", isText));
    }

    // The reference's issuers end in ".qrr" and ".qrc". A name is free text: what could lead out of the folder or hide the file is replaced.
    private static string FileName(Certificate certificate, string extension, bool isText)
    {
        string stem = certificate.Issuer.EndsWith(extension, StringComparison.OrdinalIgnoreCase) ? certificate.Issuer[..^4] : certificate.Issuer;
        string name = string.Concat(stem.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return (name.Length == 0 || name[0] is '.' or '-' ? "_" + name : name) + (isText ? ".txt" : extension);
    }
}
