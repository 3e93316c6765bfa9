using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Postern.Authority;
using Postern.Authority.Service;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Daemons;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Authority;

/// <summary><c>postern rds serve</c>: the service.</summary>
internal static class RdsServeCommand
{
    private static readonly TimeSpan StandardPublication = TimeSpan.FromHours(1);
    private static readonly TimeSpan StandardValidity = TimeSpan.FromDays(7);

    public static Command Create(CommandTerminal terminal)
    {
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> keyPath = RootOptions.Key();
        Option<string?> inventory = RootOptions.Inventory();
        Option<string?> passphraseFile = CommonOptions.PassphraseFile();
        Option<string?> folder = new("--state") { Description = "Folder of the service's own key, certificate and admin token. Default: that of the root's certificate.", HelpName = "DIR" };
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            $"Where tunnels come in. Default every address, port {AuthorityServiceOptions.DefaultPort}.", EndPointArgument.Any, _ => AuthorityServiceOptions.DefaultPort);
        Option<IPEndPoint?> publicListen = EndPointArgument.Listen(
            $"Where anyone may read what the root publishes, over plain HTTP. Default 127.0.0.1:{AuthorityServiceOptions.DefaultPublicPort}.",
            IPAddress.Loopback,
            _ => AuthorityServiceOptions.DefaultPublicPort,
            "--public-listen");
        Option<TimeSpan?> publishEvery = DurationOption.Create(
            "--publish-every", "From one revocation list to the next; a revocation is published at once. Default 1h.", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        Option<TimeSpan?> nextUpdate = DurationOption.Create(
            "--next-update", "From a list to its next update: past it, it is stale. Default 7d.", TimeSpan.FromMinutes(1), TimeSpan.FromDays(3660));
        Option<TimeSpan?> warnBefore = CommonOptions.WarnBefore();
        TokenOptions token = new();
        WebPageOptions pages = new();
        DaemonOptions daemon = new();
        DaemonCommand command = new(
            "serve",
            "Run the service: certificates and revocation lists over plain HTTP, enrolment and administration inside a tunnel.",
            $"""
            The root's key is in memory while it runs. At the first start the service issues a certificate to itself ({ServiceFiles.CertificateName}) and makes an
            admin token ({ServiceFiles.AdminTokenName}, readable by you alone).

            Examples:
              postern rds serve --passphrase-file /run/secrets/root
              postern rds serve --listen [::]:32120 --public-listen 0.0.0.0:8080 --inventory postgres://rds@db.example.org/authority
            """)
        {
            rootPath, keyPath, inventory, passphraseFile, folder, listen, publicListen, publishEvery, nextUpdate, warnBefore,
        };
        command.ReadOnce.AddRange([rootPath, keyPath, inventory, folder, listen, publicListen, warnBefore, .. pages.All]);
        token.AddTo(command);
        pages.AddTo(command);
        daemon.AddTo(command);
        daemon.Run(command, terminal, async (result, context, _) =>
        {
            string root = result.GetRequiredValue(rootPath);
            RootFiles rootFiles = new(terminal.Clock, new KeyFiles(terminal), root, result.GetRequiredValue(keyPath)) { Tokens = token.Read(result, terminal) };
            RootCertificate certificate = rootFiles.LoadRoot();
            OpenInventory opened = new InventoryFile(terminal, root, result.GetValue(inventory)).Open(certificate);
            IDisposable? hold = opened.Store.HoldService(certificate.SerialNumber);
            HintOtherRoots(terminal, opened.Inventory, opened.Store.Name);
            RootKey key = rootFiles.LoadKey(certificate, new PassphraseSource(terminal, result.GetValue(passphraseFile)));
            Postern.Authority.Service.Authority authority = new(opened.Inventory, key, result.GetValue(nextUpdate) ?? StandardValidity);
            ServiceFiles files = new(result.GetValue(folder) ?? Path.GetDirectoryName(Path.GetFullPath(root))!);
            AuthorityService service = await StartAsync(terminal, authority, files, own => new AuthorityServiceOptions
            {
                EndPoint = result.GetValue(listen)!,
                PublicEndPoint = result.GetValue(publicListen)!,
                WebEndPoint = pages.Read(result),
                Identities = own,
                PublishEvery = result.GetValue(publishEvery) ?? StandardPublication,
                LoggerFactory = context.Loggers,
            });
            ExpiryWatch expiry = ExpiryWatch.Start(
                context.Loggers,
                terminal.Clock,
                result.GetValue(warnBefore) ?? CommonOptions.StandardWarning,
                () => [Expiration.Of(certificate), .. Expiration.OfAll(service.Identities[0])]);
            terminal.WriteHint($"Public part: http://{service.PublicEndPoint}/, root {certificate.SerialNumber}, fingerprint {certificate.Fingerprint}");
            if (WebPageOptions.Describe(service) is { } where) terminal.WriteHint(where);
            return new DaemonService(service, new OwnedPart(expiry), new OwnedPart(hold), new OwnedPart(opened))
            {
                LocalEndPoint = () => service.EndPoint,
                IsListening = () => service.IsListening,
                Drain = service.DrainAsync,
                Reload = (fresh, token) => service.ReloadAsync(fresh.GetValue(publishEvery) ?? StandardPublication, fresh.GetValue(nextUpdate) ?? StandardValidity, token),
                IsUsable = () => service.Identities.Any(identity => Expiration.AreValid(
                    terminal.Clock.GetUtcNow(), Expiration.Of(certificate), Expiration.Of(identity.Certificate), Expiration.Of(identity))),
            };
        });
        return command;
    }

    // A service signs with one key.
    private static void HintOtherRoots(CommandTerminal terminal, Inventory inventory, string name)
    {
        foreach (RootCertificate other in inventory.ReadRoots())
        {
            if (other.SerialNumber == inventory.Root.SerialNumber || other.ValidTo < terminal.Clock.GetUtcNow()) continue;
            terminal.WriteHint(
                $"The inventory has the root '{other.Issuer}' ({other.SerialNumber}), too, until {other.ValidTo:u}. This service hands out its certificate, and issues, renews, revokes and publishes for '{inventory.Root.Issuer}' only: run another for that root, with --inventory {name}, a --state folder and other ports, or use 'postern root' with its key.");
        }
    }

    private static async Task<AuthorityService> StartAsync(
        CommandTerminal terminal, Postern.Authority.Service.Authority authority, ServiceFiles files, Func<OwnIdentities, AuthorityServiceOptions> options)
    {
        try
        {
            if (await files.PrepareAdminTokenAsync(authority)) terminal.WriteHint($"The admin token is in {files.AdminTokenPath}: move it to where administrators are.");
            return await AuthorityService.StartAsync(authority, options(await OwnIdentities.LoadAsync(files, authority)));
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new CommandException(ExitCode.Channel, $"{exception.Message} Choose another with --listen, --public-listen or --ui-listen.");
        }
    }
}
