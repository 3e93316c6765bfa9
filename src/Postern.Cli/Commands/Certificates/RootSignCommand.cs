using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root sign</c>: checks a request, shows it, asks, signs.</summary>
internal static class RootSignCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> request = new("REQUEST") { Description = "The request, binary or printed; - is stdin." };
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> keyPath = RootOptions.Key();
        Option<string?> inventory = RootOptions.Inventory();
        Option<int?> days = CommonOptions.Days("the request's dates", ServerKey.MaxValidityDays);
        Option<string?> output = new("--out", "-o")
        {
            Description = "Where the certificate goes; - is stdout. Default: the request's path without '.unsigned'.",
            HelpName = "FILE",
        };
        Option<bool> inPlace = new("--in-place") { Description = "Replace the request by the certificate." };
        Option<bool> yes = new("--yes", "-y") { Description = "Sign without asking." };
        Option<TimeZoneInfo?> zone = CommonOptions.TimeZone();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        TokenOptions token = new();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "sign",
            "Sign a server's certificate. The request is shown first, and at a terminal you are asked.",
            """
            A bare request (.qrc) proves nothing about who made it, a signed one (.qreq) that its sender holds the key: compare its serial and hash with what 'postern cert request' told its sender.
            Where there is an inventory ('postern root init'), the certificate is recorded before it is written.

            Examples:
              postern root sign server_public_cert.unsigned.qrc
              postern root sign --yes --days 90 --out server.qrc --passphrase-file pass request.qrc
            """)
        {
            request, rootPath, keyPath, inventory, days, output, inPlace, yes, zone, passphraseFile, force, json,
        };
        command.Validators.Add(result =>
        {
            if (CommonOptions.HasBoth(result, inPlace, output)) result.AddError("--in-place and --out exclude each other.");
        });
        token.AddTo(command);
        command.SetAction(result =>
        {
            string requestPath = result.GetRequiredValue(request);
            string target = Target(requestPath, result.GetValue(output), result.GetValue(inPlace));
            RecordedOutput written = new(terminal, target, result.GetValue(force) || result.GetValue(inPlace), result.GetValue(json));
            string rootCertificatePath = result.GetRequiredValue(rootPath);
            KeyFiles files = new(terminal, result.GetValue(zone));
            RootFiles rootFiles = new(terminal.Clock, files, rootCertificatePath, result.GetRequiredValue(keyPath)) { Tokens = token.Read(result, terminal) };
            RootCertificate root = rootFiles.LoadRoot();
            using OpenInventory? opened = new InventoryFile(terminal, rootCertificatePath, result.GetValue(inventory)).TryOpen(root);
            ServerCertificate certificate = new RootSigning(terminal, files, rootFiles).Sign(
                root,
                opened?.Inventory,
                requestPath,
                result.GetValue(days) is { } count ? TimeSpan.FromDays(count) : null,
                new PassphraseSource(terminal, result.GetValue(passphraseFile)),
                result.GetValue(yes));
            written.Write(certificate, isRecorded: opened is not null);
            if (opened is null) terminal.WriteWarning("not recorded: the root has no inventory. 'postern root init' begins one.");
            return ExitCode.Success;
        });
        return command;
    }

    private static string Target(string request, string? output, bool inPlace)
    {
        const string Mark = ".unsigned";
        if (output is not null) return output;
        if (request == FileBytes.StandardInput)
        {
            return inPlace ? throw new CommandException(ExitCode.Usage, "stdin cannot be signed in place.") : OutputFiles.StandardOutput;
        }

        if (inPlace) return request;
        string name = Path.GetFileName(request);
        int at = name.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) throw new CommandException(ExitCode.Usage, $"Say where the certificate goes: --out FILE, or --in-place to replace {request}.");
        string target = name.Remove(at, Mark.Length);
        if (target.EndsWith(CertificateRequestCommand.SignedExtension, StringComparison.Ordinal)) target = Path.ChangeExtension(target, "qrc");
        return Path.Combine(Path.GetDirectoryName(request) ?? string.Empty, target);
    }
}
