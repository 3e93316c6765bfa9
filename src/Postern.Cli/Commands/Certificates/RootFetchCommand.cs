using System.CommandLine;
using System.Security.Cryptography;
using Postern.Cli.Commands.Authority;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root fetch</c>: a root's certificate from its service, known by its fingerprint.</summary>
internal static class RootFetchCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> address = new("URL") { Description = "The service's public part, such as http://rds.example.org:8080/." };
        Option<string?> fingerprint = new("--fingerprint") { Description = "What 'postern root show' says where the root is, and what came to you another way.", HelpName = "HEX" };
        Option<string?> output = new("--out", "-o") { Description = "The certificate's file; - is stdout. Without it, the certificate is only shown.", HelpName = "FILE" };
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "fetch",
            "Fetch a root's certificate. Nothing is written unless it has the fingerprint that you know.",
            """
            Whoever is on the way can put another root in the place of yours: the fingerprint is all that tells them apart, and must not
            come the same way.

            Examples:
              postern root fetch http://rds.example.org:8080/ --fingerprint 0123…CDEF --out root.qrr
            """)
        {
            address, fingerprint, output, force, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            string? target = result.GetValue(output);
            string? expected = result.GetValue(fingerprint);
            if (target is not null && expected is null) throw new CommandException(ExitCode.Usage, "Without --fingerprint nobody knows whose root that is, so nothing is written: leave --out away to look at it.");
            if (target is not null and not OutputFiles.StandardOutput) OutputFiles.ExpectAbsent(result.GetValue(force), target);
            RootCertificate root = RootCertificate.Parse(await PublicFetch.GetAsync(result.GetRequiredValue(address), "root", cancellationToken));
            if (expected is not null) Expect(root, expected);
            if (target is not null) OutputFiles.WritePublic(terminal, target, root.ToBytes(), result.GetValue(force));
            if (target == OutputFiles.StandardOutput) return ExitCode.Success;
            FileReport report = FileReport.Of(root, target, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            if (expected is null) terminal.WriteWarning("not checked: compare the fingerprint with the one that came another way.");
            return ExitCode.Success;
        });
        return command;
    }

    private static void Expect(RootCertificate root, string expected)
    {
        if (IsSame(root.Fingerprint, expected)) return;
        throw IsSame(Convert.ToHexString(root.Hash.Span), expected)
            ? new CommandException(ExitCode.Usage, "That is what 'postern root show' gives as hash, which leaves the signature out: give what it gives as fingerprint.")
            : new CommandException(ExitCode.Failed, $"The root there has the fingerprint {root.Fingerprint}: it is not the one that you expect.");
    }

    private static bool IsSame(string fingerprint, string expected)
    {
        string digits = expected.Replace(":", string.Empty, StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal);
        if (digits.Length != fingerprint.Length || !digits.All(char.IsAsciiHexDigit)) throw new CommandException(ExitCode.Usage, $"A fingerprint has {fingerprint.Length} hexadecimal digits.");
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(digits), Convert.FromHexString(fingerprint));
    }
}
