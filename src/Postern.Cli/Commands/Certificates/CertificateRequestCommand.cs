using System.CommandLine;
using Postern.Authority.Enrolment;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern cert request</c>: a new server key and the certificate that the root is to sign.</summary>
internal static class CertificateRequestCommand
{
    public const string KeyName = "server_secret_key.qsk";
    public const string RequestName = "server_public_cert.unsigned.qrc";

    /// <summary>The request with the proof that its sender has the key, a form of Postern's.</summary>
    public const string SignedName = "server_public_cert.unsigned.qreq";
    public const string SignedExtension = ".qreq";

    private const int StandardDays = 365;

    public static Command Create(CommandTerminal terminal)
    {
        Option<string> name = CommonOptions.Name("server's");
        Option<Suite> suite = SuiteOption.Qstp();
        Option<int?> days = CommonOptions.Days($"{StandardDays}", ServerKey.MaxValidityDays);
        Option<string> folder = CommonOptions.Folder();
        Option<bool> protect = new("--passphrase") { Description = "Encrypt the key. The server then needs the passphrase whenever it starts." };
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "request",
            $"Make a server's secret key ({KeyName}, readable by you alone) and the request for its certificate ({RequestName}).",
            $"""
            The key is stored in clear, because servers start unattended, unless --passphrase or --passphrase-file is given. The set must be
            the root's.

            Examples:
              postern cert request --name server.example.org --out server
              postern cert request --name server.example.org --suite 1 --days 90
            """)
        {
            name, suite, days, folder, protect, passphraseFile, force, json,
        };
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string keyPath = OutputFiles.In(target, KeyName);
            string requestPath = OutputFiles.In(target, RequestName);
            string signedPath = OutputFiles.In(target, SignedName);
            OutputFiles.ExpectAbsent(result.GetValue(force), keyPath, requestPath, signedPath);
            using ServerKey key = ServerKey.Generate(
                result.GetRequiredValue(suite), result.GetRequiredValue(name), TimeSpan.FromDays(result.GetValue(days) ?? StandardDays), terminal.Clock);
            ServerCertificate request = key.CreateRequest();
            string? file = result.GetValue(passphraseFile);
            using SecretBytes keyFile = result.GetValue(protect) || file is not null
                ? KeyProtection.Protect(key.ToSecretBytes, keyPath, new PassphraseSource(terminal, file), string.Empty)
                : key.ToSecretBytes();
            OutputFiles.WritePair(keyPath, keyFile.Span, requestPath, request.ToBytes(), result.GetValue(force));
            OutputFiles.WritePublic(terminal, signedPath, SignedRequest.Create(key, terminal.Clock).ToBytes(), result.GetValue(force));

            FileReport report = FileReport.Of(request, requestPath, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"The secret key is {keyPath}: it stays on this machine.");
            terminal.WriteHint($"Next: send {signedPath} (or {requestPath}, which does not prove who has the key) to the root, tell the root its serial and hash by another channel, and have it signed with 'postern root sign'.");
            return ExitCode.Success;
        });
        return command;
    }
}
