using System.CommandLine;
using System.Text;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root export</c>: a copy of the root certificate to hand out.</summary>
internal static class RootExportCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string> certificate = new("--cert")
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
        Option<bool> text = CommonOptions.Text();
        Option<TimeZoneInfo?> zone = CommonOptions.TimeZone();
        Option<bool> force = CommonOptions.Force();
        DetailedCommand command = new(
            "export",
            "Copy the root certificate, named after the root, or in its printed form, to give it to servers and clients.",
            """
            Examples:
              postern root export --cert root/root_public_cert.qrr --out /media/stick
              postern root export --text --timezone UTC --out root.txt
            """)
        {
            certificate, output, text, zone, force,
        };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(certificate);
            RootCertificate root = new KeyFiles(terminal, result.GetValue(zone)).LoadRoot(path);
            FileReport report = FileReport.Of(root, path, terminal.Clock);
            if (report.IsSignatureValid == false) throw new CommandException(ExitCode.Failed, $"{path}: {report.Signature}");
            string target = Target(root, result.GetRequiredValue(output), result.GetValue(text));
            byte[] data = result.GetValue(text)
                ? Encoding.ASCII.GetBytes(PrintedForm.Of(root, path, result.GetValue(zone)))
                : root.ToBytes();
            OutputFiles.WritePublic(terminal, target, data, result.GetValue(force));
            if (target != OutputFiles.StandardOutput) terminal.WriteLine(target);
            terminal.WriteHint($"Fingerprint: {root.Fingerprint}");
            return ExitCode.Success;
        });
        return command;
    }

    private static string Target(RootCertificate root, string output, bool isText)
    {
        if (!Directory.Exists(output) && !Path.EndsInDirectorySeparator(output)) return output;
        OutputFiles.MakeFolder(output);
        return Path.Combine(output, FileName(root, isText ? ".txt" : ".qrr"));
    }

    // The reference's issuers end in ".qrr". A name is free text: what could lead out of the folder or hide the file is replaced.
    private static string FileName(RootCertificate root, string extension)
    {
        string stem = root.Issuer.EndsWith(".qrr", StringComparison.OrdinalIgnoreCase) ? root.Issuer[..^4] : root.Issuer;
        string name = string.Concat(stem.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return (name.Length == 0 || name[0] is '.' or '-' ? "_" + name : name) + extension;
    }
}
