using System.CommandLine;
using System.Net;
using Postern.Authority.Enrolment;
using Postern.Authority.Service;
using Postern.Cli.Commands.Authority;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern cert enroll</c>: key, request and certificate in one go, from the root's service.</summary>
internal static class CertificateEnrollCommand
{
    public const string CertificateName = "server_public_cert.qrc";

    private const int StandardDays = 365;

    public static Command Create(CommandTerminal terminal)
    {
        Argument<EndPoint?> service = ServiceArguments.ServiceArgument();
        Option<string> name = CommonOptions.Name("server's");
        Option<string?> tokenFile = new("--token-file") { Description = "File with the token of 'postern rds token'; - is stdin.", HelpName = "FILE" };
        Option<bool> wait = new("--wait") { Description = "Hand the request in without a token, and wait until an administrator has decided." };
        Option<double> poll = SecondsOption.Create("--poll", "With --wait: ask so often.", 10);
        Option<int?> days = CommonOptions.Days($"{StandardDays}", ServerKey.MaxValidityDays);
        Option<string> folder = CommonOptions.Folder();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        ServiceArguments calling = new();
        DetailedCommand command = new(
            "enroll",
            $"Make a server's key, have the root's service issue its certificate, and write both ({CertificateRequestCommand.KeyName}, {CertificateName}).",
            """
            The key is made here and stays here. What the service answers is verified under the root before anything is written.

            Examples:
              postern cert enroll rds.example.org --name web.example.org --token-file token --root root.qrr --service-cert http://rds.example.org:8080/ --out server
              postern cert enroll rds.example.org --name web.example.org --wait --root root.qrr --service-cert rds.qrc --out server
            """)
        {
            service, name, tokenFile, wait, poll, days, folder, force, json,
        };
        calling.AddTo(command, isAdministration: false);
        command.Validators.Add(result =>
        {
            if (result.GetValue(wait) == (result.GetValue(tokenFile) is not null)) result.AddError("Say either --token-file or --wait.");
        });
        command.SetAction(async (result, cancellationToken) =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            string keyPath = OutputFiles.In(target, CertificateRequestCommand.KeyName);
            string certificatePath = OutputFiles.In(target, CertificateName);
            OutputFiles.ExpectAbsent(result.GetValue(force), keyPath, certificatePath);
            RootCertificate root = calling.LoadRoot(result, terminal);
            using EnrolmentClient client = await calling.ConnectAsync(result, terminal, result.GetValue(service)!, root, cancellationToken);
            using ServerKey key = ServerKey.Generate(
                root.Suite, result.GetRequiredValue(name), TimeSpan.FromDays(result.GetValue(days) ?? StandardDays), terminal.Clock);
            SignedRequest request = SignedRequest.Create(key, terminal.Clock);
            ServerCertificate certificate = result.GetValue(tokenFile) is { } path
                ? await client.EnrolAsync(ServiceArguments.ReadToken(terminal, path), request, cancellationToken)
                : await WaitAsync(terminal, client, request, TimeSpan.FromSeconds(result.GetValue(poll)), cancellationToken);
            using (SecretBytes file = key.ToSecretBytes()) OutputFiles.WritePair(keyPath, file.Span, certificatePath, certificate.ToBytes(), result.GetValue(force));

            FileReport report = FileReport.Of(certificate, certificatePath, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"The secret key is {keyPath}: it stays on this machine.");
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<ServerCertificate> WaitAsync(
        CommandTerminal terminal, EnrolmentClient client, SignedRequest request, TimeSpan poll, CancellationToken cancellationToken)
    {
        string id = await client.SubmitAsync(request, cancellationToken);
        terminal.WriteHint($"The request {id}, serial {request.Request.SerialNumber}, waits for an administrator.");
        while (true)
        {
            if (await client.FollowAsync(id, request, cancellationToken) is { } certificate) return certificate;
            await Task.Delay(poll, cancellationToken);
        }
    }
}
