using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root show</c>, <c>postern cert show</c> and <c>postern key show</c>: what a file is and says.</summary>
internal static class ShowCommand
{
    public static Command Create(CommandTerminal terminal, string parent)
    {
        Argument<string> file = new("FILE") { Description = "The file; - is stdin." };
        Option<bool> text = CommonOptions.Text();
        Option<bool> json = CommonOptions.Json();
        Option<TimeZoneInfo?> zone = CommonOptions.TimeZone();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<string?> root = new("--root")
        {
            Description = "For a revocation list: the certificate of the root that must have signed it.",
            HelpName = "FILE",
        };
        string example = parent switch
        {
            "root" => "root_public_cert.qrr",
            "cert" => "server_public_cert.qrc",
            _ => "server_public_key.qpkey",
        };
        DetailedCommand command = new(
            "show",
            "Show a certificate, a request, a revocation list or a key file, binary or printed. Nothing of a secret key is shown.",
            $"""
            A root's own signature is checked; for a server's there is 'postern cert verify', for a revocation list --root. Dates are in UTC. A key under a passphrase is
            only opened if the passphrase was given.

            Examples:
              postern {parent} show {example}
              postern {parent} show --text --timezone UTC {example}
            """)
        {
            file, root, text, json, zone, passphraseFile,
        };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(file);
            KeyFiles files = new(terminal, result.GetValue(zone));
            object content = files.Load(path);
            PassphraseSource passphrases = new(terminal, result.GetValue(passphraseFile));
            if (content is SealedKey sealedKey && passphrases.IsGiven) content = files.Open(path, sealedKey, passphrases);
            using IDisposable? key = content as IDisposable;
            if (result.GetValue(text))
            {
                terminal.Out.Write(PrintedForm.Of(content, path, result.GetValue(zone)));
                return ExitCode.Success;
            }

            FileReport report = FileReport.Of(content, path, terminal.Clock);
            if (result.GetValue(root) is { } rootPath)
            {
                if (content is not RevocationList list) throw new CommandException(ExitCode.Usage, $"--root is for revocation lists; {path} is {FileContent.NameOf(content)}.");
                report = report.VerifiedUnder(files.LoadRoot(rootPath), list);
            }

            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            if (report.IsSignatureValid != false) return ExitCode.Success;
            if (files.ZoneHint is { } hint) terminal.WriteHint(hint);
            return ExitCode.Failed;
        });
        return command;
    }
}
