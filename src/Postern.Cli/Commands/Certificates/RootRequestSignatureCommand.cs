using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root request-signature</c>: what an outside authority is to sign. (QSTP §5.5)</summary>
internal static class RootRequestSignatureCommand
{
    public const string RequestName = "root_public_cert.unsigned.qrr";
    public const string HashName = "root_public_cert.hash";

    public static Command Create(CommandTerminal terminal)
    {
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> authority = new("--authority") { Description = "The authority's name, at most 32 ASCII characters.", HelpName = "NAME", Required = true };
        Option<string> keyId = new("--authority-key-id")
        {
            Description = "The authority's name for its key, 32 hexadecimal digits.",
            HelpName = "HEX",
            Required = true,
        };
        Option<string> folder = CommonOptions.Folder();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "request-signature",
            $"Prepare a root for the signature of an outside authority: its certificate without one ({RequestName}) and the 32 bytes to sign ({HashName}).",
            """
            The root's key stays as it is, and its secret is not needed. The authority signs with the algorithm of the root's set, which must be
            ML-DSA: pure, by FIPS 204, with an empty context. 'postern root attach-signature' then puts the signature in.

            Examples:
              postern root request-signature --authority "Example authority" --authority-key-id 00112233445566778899AABBCCDDEEFF --out request
            """)
        {
            rootPath, authority, keyId, folder, force, json,
        };
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string requestPath = OutputFiles.In(target, RequestName);
            string hashPath = OutputFiles.In(target, HashName);
            OutputFiles.ExpectAbsent(result.GetValue(force), requestPath, hashPath);
            RootCertificate root = RootFiles.LoadRoot(terminal.Clock, new KeyFiles(terminal), result.GetRequiredValue(rootPath), allowExpired: false);
            RootCertificate request = root.ForAuthority(
                ExternalAuthority.Create(result.GetRequiredValue(authority), result.GetRequiredValue(keyId), root.Suite.Signature));
            OutputFiles.MakeFolder(target);
            OutputFiles.WritePublic(terminal, requestPath, request.ToBytes(), result.GetValue(force));
            OutputFiles.WritePublic(terminal, hashPath, request.Hash.Span, result.GetValue(force));

            FileReport report = FileReport.Of(request, requestPath, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"Next: have the authority sign {hashPath}, the hash above, then run 'postern root attach-signature {requestPath}'.");
            return ExitCode.Success;
        });
        return command;
    }
}
