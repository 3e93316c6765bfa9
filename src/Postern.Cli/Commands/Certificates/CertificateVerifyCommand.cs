using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
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
        Option<string[]> root = CommonOptions.TrustedRoot(isRequired: true);
        Option<string[]> deny = CommonOptions.Deny();
        Option<string?> denyFile = CommonOptions.DenyFile();
        RevocationOptions revocation = new();
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
            "Verify a server's certificate under its root: signatures, serials, set, version, dates, deny list, revocation list.",
            """
            The exit code is 0 if it is valid and 1 if not; one line says why. A revocation counts whatever --at says.

            Examples:
              postern cert verify --root root_public_cert.qrr server_public_cert.qrc
              postern cert verify --root root_public_cert.qrr --deny-file denied.txt --at 2026-12-24 server_public_cert.qrc
            """)
        {
            certificate, root, deny, denyFile, at, allowNotYetValid, allowExpiredRoot, authorityKey, zone, json,
        };
        revocation.AddTo(command, root, isLive: false);
        command.SetAction(async (result, cancellationToken) =>
        {
            KeyFiles files = new(terminal, result.GetValue(zone));
            string certificatePath = result.GetRequiredValue(certificate);
            LoadedRoots roots = files.LoadRoots(result.GetRequiredValue(root));
            ChainCheck check = new(roots, files.LoadCertificate(certificatePath))
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
            VerificationPolicy listPolicy = check.Policy with { Clock = terminal.Clock, AllowExternallySignedRoot = check.AuthorityKey is not null };
            using TerminalLoggerFactory warnings = new(terminal, LogLevel.Warning, json: false);
            ChainVerdict verdict = await check.RunAsync(signer => revocation.StartAsync(result, roots, signer, listPolicy, warnings, cancellationToken));
            if (result.GetValue(json)) terminal.WriteJson(verdict);
            else terminal.WriteLine($"{(certificatePath == FileBytes.StandardInput ? "stdin" : certificatePath)}: {verdict.Line}");
            if (verdict.IsValid) return ExitCode.Success;
            if (verdict.Error == ChannelError.CertificateInvalid && files.ZoneHint is { } hint) terminal.WriteHint(hint);
            return ExitCode.Failed;
        });
        return command;
    }
}
