using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;
using Postern.Cli.Files;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands;

/// <summary>Where the root's revocation list is, and what happens without it.</summary>
internal sealed class RevocationOptions
{
    private const string Refuse = "refuse";
    private const string Warn = "warn";

    private readonly Option<string[]> _list = new("--revocation-list")
    {
        Description = "The root's revocation list: a file, or an address with http:// or https://; with several roots one for each, in their order. Default: revocations are not looked at.",
        HelpName = "FILE|URL",
    };

    private readonly Option<string[]> _cache = new("--revocation-cache")
    {
        Description = "File that keeps the newest list over restarts, so that nobody can bring back an older one; one for each list.",
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

    /// <summary>Adds them to a command that trusts the roots of an option of its own.</summary>
    public void AddTo(Command command, Option<string[]> roots, bool isLive)
    {
        foreach (Option option in All(isLive)) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_list) is { Implicit: false } list)
            {
                CheckLists(result, list, result.GetValue(roots)?.Length ?? 0);
                return;
            }

            foreach (Option option in All(isLive))
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --revocation-list.");
            }
        });
    }

    /// <summary>Begins to watch the list of one of the roots; null if none is named.</summary>
    public async Task<RevocationMonitor?> StartAsync(
        ParseResult result, LoadedRoots roots, RootCertificate root, VerificationPolicy policy, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (result.GetValue(_list) is not { Length: > 0 } lists) return null;
        int index = roots.IndexOf(root);
        RevocationMonitorOptions options = new()
        {
            CacheFile = result.GetValue(_cache)?.ElementAtOrDefault(index),
            StalePolicy = result.GetValue(_stale) == Warn ? StaleRevocationPolicy.Warn : StaleRevocationPolicy.Refuse,
            RefreshInterval = result.GetValue(_refresh) ?? RevocationMonitorOptions.Default.RefreshInterval,
            StaleGrace = result.GetValue(_grace) ?? RevocationMonitorOptions.Default.StaleGrace,
            Policy = policy,
            LoggerFactory = loggers,
        };
        return await RevocationMonitor.StartAsync(root, Source(lists[index])!, options, cancellationToken);
    }

    private void CheckLists(CommandResult result, OptionResult list, int roots)
    {
        foreach (Token token in list.Tokens)
        {
            if (Source(token.Value) is null) result.AddError($"--revocation-list is a file or an address with http:// or https://, not '{token.Value}'.");
        }

        int lists = list.Tokens.Count;
        int caches = result.GetResult(_cache)?.Tokens.Count ?? 0;
        if (roots > 0 && lists != roots) result.AddError($"Each --root needs its --revocation-list, in the same order: there are {roots} and {lists}.");
        if (caches > 0 && caches != lists) result.AddError($"Each --revocation-list needs its --revocation-cache, in the same order: there are {lists} and {caches}.");
    }

    private static RevocationSource? Source(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) return RevocationSource.FromFile(text);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? RevocationSource.FromUri(address)
            : null;
    }
}
