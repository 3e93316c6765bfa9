using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Service;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Cli.Commands.Authority;

/// <summary><c>postern rds token</c>: a token for an enrolment, by the service or in the inventory itself.</summary>
internal static class RdsTokenCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string> name = new("--name") { Description = "Names that it is good for; * is any text, ? any character.", HelpName = "PATTERN", DefaultValueFactory = _ => "*" };
        Option<TimeSpan?> expires = DurationOption.Create("--expires", "How long it is good for. Default 24h; an admin token's 3650d.", TimeSpan.FromSeconds(1), TimeSpan.FromDays(3660));
        Option<int?> days = CommonOptions.Days("the request's dates", ServerKey.MaxValidityDays);
        Option<int> uses = CountOption.Create("--uses", "How many certificates.", 1);
        Option<bool> admin = new("--admin") { Description = "A new admin token, in the inventory itself: the one before is good for nothing from then on." };
        Option<string?> output = new("--out", "-o") { Description = "File for the token, readable by you alone. Default: stdout.", HelpName = "FILE" };
        Option<EndPoint?> service = ServiceArguments.Service("--service", "Ask the service, with the admin token. Otherwise it is made in the inventory, with the root's key.");
        ServiceArguments calling = new();
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> keyPath = RootOptions.Key();
        Option<string?> inventory = RootOptions.Inventory();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        TokenOptions pkcs11 = new();
        Option<bool> force = CommonOptions.Force();
        DetailedCommand command = new(
            "token",
            "Make a token for 'postern cert enroll'. It is shown once.",
            """
            Examples:
              postern rds token --name '*.example.org' --expires 24h --days 90 --out token
              postern rds token --name web.example.org --service rds.example.org --root root.qrr --service-cert rds.qrc --admin-token-file admin
              postern rds token --admin --out rds_admin_token --passphrase-file pass
            """)
        {
            name, expires, days, uses, admin, output, service, rootPath, keyPath, inventory, passphraseFile, force,
        };
        pkcs11.AddTo(command);
        calling.AddTo(command, isAdministration: true);
        command.SetAction(async (result, cancellationToken) =>
        {
            bool isAdmin = result.GetValue(admin);
            TimeSpan lifetime = result.GetValue(expires) ?? (isAdmin ? TimeSpan.FromDays(3650) : TimeSpan.FromHours(24));
            if (result.GetValue(output) is { } path) OutputFiles.ExpectAbsent(result.GetValue(force), path);
            string text = result.GetValue(service) is { } endPoint && !isAdmin ? await AskAsync(endPoint) : Make();
            if (result.GetValue(output) is { } file) AtomicFile.WriteSecret(file, Encoding.ASCII.GetBytes($"{text}\n"), overwrite: result.GetValue(force));
            else terminal.WriteLine(text);
            terminal.WriteHint("It is shown this once: the inventory has only its hash.");
            return ExitCode.Success;

            async Task<string> AskAsync(EndPoint address)
            {
                RootCertificate root = calling.LoadRoot(result, terminal);
                using EnrolmentClient client = await calling.ConnectAsync(result, terminal, address, root, cancellationToken);
                TokenCall call = new(result.GetRequiredValue(name), (long)lifetime.TotalSeconds, result.GetValue(days), result.GetValue(uses));
                JsonElement answer = await client.AdministerAsync(HttpMethod.Post, "tokens", call, calling.AdminToken(result, terminal), cancellationToken);
                return answer.GetProperty("token").GetString()!;
            }

            string Make()
            {
                RootFiles rootFiles = new(terminal.Clock, new KeyFiles(terminal), result.GetRequiredValue(rootPath), result.GetRequiredValue(keyPath)) { Tokens = pkcs11.Read(result, terminal) };
                RootCertificate root = rootFiles.LoadRoot();
                using OpenInventory opened = new InventoryFile(terminal, result.GetRequiredValue(rootPath), result.GetValue(inventory)).Open(root);
                using RootKey key = rootFiles.LoadKey(root, new PassphraseSource(terminal, result.GetValue(passphraseFile)));
                (EnrolmentToken token, TokenRecord _) = new EnrolmentDesk(opened.Inventory, key).CreateToken(
                    isAdmin ? TokenKind.Admin : TokenKind.Enrol, result.GetRequiredValue(name), lifetime, result.GetValue(days), result.GetValue(uses));
                return token.Text;
            }
        });
        return command;
    }
}
