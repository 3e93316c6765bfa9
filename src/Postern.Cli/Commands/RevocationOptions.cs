using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands;

/// <summary>Where the root's revocation list is, and what happens without it.</summary>
internal sealed class RevocationOptions
{
    private const string Refuse = "refuse";
    private const string Warn = "warn";

    private readonly Option<string?> _list = new("--revocation-list")
    {
        Description = "The root's revocation list: a file, or an address with http:// or https://. Default: revocations are not looked at.",
        HelpName = "FILE|URL",
    };

    private readonly Option<string?> _cache = new("--revocation-cache")
    {
        Description = "File that keeps the newest list over restarts, so that nobody can bring back an older one.",
        HelpName = "FILE",
    };

    private readonly Option<string> _stale = new("--revocation-stale")
    {
        Description = "Without a list, or past its next update: refuse new connections, or warn and go on.",
        HelpName = $"{Refuse}|{Warn}",
        DefaultValueFactory = _ => Refuse,
    };

    private readonly Option<TimeSpan?> _refresh = DurationOption.Create(
        "--revocation-refresh", "How often the list is fetched. Default 5m.", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

    private readonly Option<TimeSpan?> _grace = DurationOption.Create(
        "--revocation-grace", "Cut open connections, too, so long after the next update, such as 1h. Default never.", TimeSpan.Zero, TimeSpan.FromDays(31));

    public RevocationOptions() => _stale.AcceptOnlyFromAmong(Refuse, Warn);

    /// <summary>All of them; a command that ends at once needs no refresh.</summary>
    public IEnumerable<Option> All(bool isLive) => isLive ? [_list, _cache, _stale, _refresh, _grace] : [_list, _cache, _stale];

    public void AddTo(Command command, bool isLive)
    {
        foreach (Option option in All(isLive)) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_list) is { Implicit: false } list)
            {
                if (Source(list.Tokens[0].Value) is null) result.AddError($"--revocation-list is a file or an address with http:// or https://, not '{list.Tokens[0].Value}'.");
                return;
            }

            foreach (Option option in All(isLive))
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --revocation-list.");
            }
        });
    }

    /// <summary>Begins to watch the list; null if none is named.</summary>
    public async Task<RevocationMonitor?> StartAsync(
        ParseResult result, RootCertificate root, VerificationPolicy policy, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (result.GetValue(_list) is not { } list) return null;
        RevocationMonitorOptions options = new()
        {
            CacheFile = result.GetValue(_cache),
            StalePolicy = result.GetValue(_stale) == Warn ? StaleRevocationPolicy.Warn : StaleRevocationPolicy.Refuse,
            RefreshInterval = result.GetValue(_refresh) ?? RevocationMonitorOptions.Default.RefreshInterval,
            StaleGrace = result.GetValue(_grace) ?? RevocationMonitorOptions.Default.StaleGrace,
            Policy = policy,
            LoggerFactory = loggers,
        };
        return await RevocationMonitor.StartAsync(root, Source(list)!, options, cancellationToken);
    }

    private static RevocationSource? Source(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) return RevocationSource.FromFile(text);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? RevocationSource.FromUri(address)
            : null;
    }
}
