using System.CommandLine;
using System.Globalization;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern cert verify</c>: the whole chain, as a client checks it.</summary>
internal static class CertificateVerifyCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> certificate = new("CERT") { Description = "The server's certificate; - is stdin." };
        Option<string> root = new("--root") { Description = "The root's certificate; - is stdin.", HelpName = "FILE", Required = true };
        Option<string[]> deny = CommonOptions.Deny();
        Option<string?> denyFile = CommonOptions.DenyFile();
        Option<DateTimeOffset?> at = new("--at")
        {
            Description = "Verify as of this date, in UTC unless it says its zone: 2026-03-01, 2026-03-01T12:00:00Z. Default: now.",
            HelpName = "DATE",
            CustomParser = result =>
            {
                const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
                string text = result.Tokens[0].Value;
                if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out DateTimeOffset date)) return date;
                result.AddError($"'{text}' is no date such as 2026-03-01 or 2026-03-01T12:00:00Z.");
                return null;
            },
        };
        Option<bool> allowNotYetValid = new("--allow-not-yet-valid") { Description = "Accept certificates before their validity, as the reference does." };
        Option<bool> allowExpiredRoot = new("--allow-expired-root") { Description = "Accept a root that has expired, as the reference does." };
        Option<string?> authorityKey = CommonOptions.AuthorityKey();
        Option<TimeZoneInfo?> zone = CommonOptions.TimeZone();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "verify",
            "Verify a server's certificate under its root: signatures, serials, set, version, dates, deny list.",
            """
            The exit code is 0 if it is valid and 1 if not; one line says why.

            Examples:
              postern cert verify --root root_public_cert.qrr server_public_cert.qrc
              postern cert verify --root root_public_cert.qrr --deny-file denied.txt --at 2026-12-24 server_public_cert.qrc
            """)
        {
            certificate, root, deny, denyFile, at, allowNotYetValid, allowExpiredRoot, authorityKey, zone, json,
        };
        command.SetAction(result =>
        {
            KeyFiles files = new(terminal, result.GetValue(zone));
            string rootPath = result.GetRequiredValue(root);
            string certificatePath = result.GetRequiredValue(certificate);
            ChainCheck check = new(files.LoadRoot(rootPath), files.LoadCertificate(certificatePath))
            {
                AuthorityKey = result.GetValue(authorityKey) is { } keyPath ? AuthorityKeyFile.Load(terminal, keyPath) : null,
                Policy = VerificationPolicy.Default with
                {
                    Clock = result.GetValue(at) is { } date ? new FixedClock(date) : terminal.Clock,
                    DeniedSerials = DenyList.Load(terminal, result.GetValue(deny) ?? [], result.GetValue(denyFile)),
                    AllowNotYetValid = result.GetValue(allowNotYetValid),
                    AllowExpiredRoot = result.GetValue(allowExpiredRoot),
                },
            };
            ChainVerdict verdict = check.Run();
            if (result.GetValue(json)) terminal.WriteJson(verdict);
            else terminal.WriteLine($"{(certificatePath == FileBytes.StandardInput ? "stdin" : certificatePath)}: {verdict.Line}");
            if (verdict.IsValid) return ExitCode.Success;
            if (verdict.Error == ChannelError.CertificateInvalid && files.ZoneHint is { } hint) terminal.WriteHint(hint);
            return ExitCode.Failed;
        });
        return command;
    }
}
