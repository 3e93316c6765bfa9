using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Commands;
using Postern.Cli.Commands.Authority;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Renewing;

/// <summary>Options of a server that renews its certificate by itself.</summary>
internal sealed class RenewalOptions
{
    private readonly Option<EndPoint?> _service = ServiceArguments.Service(
        "--renew-from", "Have this service of the root renew the first --cert when two thirds of its time are over, with a new key; the old one is served until it ends.");

    private readonly Option<string?> _certificate = new("--service-cert")
    {
        Description = "With --renew-from: the service's certificate, or the address of its public part.",
        HelpName = "FILE|URL",
    };

    private readonly Option<TimeSpan?> _before = DurationOption.Create(
        "--renew-before", "With --renew-from: so long before the certificate's end. Default a third of its time.", TimeSpan.FromSeconds(1), TimeSpan.FromDays(3660));

    public IEnumerable<Option> All => [_service, _certificate, _before];

    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
        command.Validators.Add(result =>
        {
            bool renews = result.GetResult(_service) is { Implicit: false };
            if (renews != result.GetResult(_certificate) is { Implicit: false }) result.AddError("--renew-from and --service-cert go together.");
            if (!renews && result.GetResult(_before) is { Implicit: false }) result.AddError("--renew-before needs --renew-from.");
        });
    }

    /// <summary>What to do, or null if nothing is renewed.</summary>
    public RenewalPlan? Plan(ParseResult result, CommandTerminal terminal, LoadedRoots roots, VerificationPolicy policy, string certificate, string key)
    {
        if (result.GetValue(_service) is not { } service) return null;
        KeyFiles files = new(terminal);
        if (files.Load(key) is SealedKey)
        {
            throw new CommandException(ExitCode.Usage, $"{key} is under a passphrase, and --renew-from would write its successor in clear.");
        }

        return new RenewalPlan
        {
            Terminal = terminal,
            Service = service,
            ServiceCertificate = result.GetValue(_certificate)!,
            Root = roots.Nearest(files.LoadCertificate(certificate)),
            Policy = policy with { Clock = terminal.Clock },
            CertificatePath = certificate,
            KeyPath = key,
            Before = result.GetValue(_before),
        };
    }

    /// <summary>The identity before the last renewal, which is served until it ends; null if there is none.</summary>
    public static ServerIdentity? LoadFormer(RenewalPlan plan)
    {
        string certificate = plan.CertificatePath + CertificateRenewer.FormerSuffix;
        if (!File.Exists(certificate)) return null;
        KeyFiles files = new(plan.Terminal);
        if (files.LoadCertificate(certificate).ValidTo < plan.Clock.GetUtcNow()) return null;
        return files.LoadIdentity(new LoadedRoots(["the root"], [plan.Root]), certificate, plan.KeyPath + CertificateRenewer.FormerSuffix, new PassphraseSource(plan.Terminal, null), plan.Policy);
    }

    /// <summary>Begins.</summary>
    public static CertificateRenewer Start(RenewalPlan plan, RollingIdentities identities, ILoggerFactory loggers) =>
        CertificateRenewer.Start(plan, identities, loggers.CreateLogger("Postern.Renewal"));
}
