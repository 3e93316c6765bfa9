using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What a server answers with, and its limits.</summary>
internal sealed class ServerArguments
{
    /// <summary>Connections at once if each starts a process, which a client that nobody knows can ask for.</summary>
    public const int MaxPrograms = 256;

    private readonly Option<string[]> _certificates = new("--cert")
    {
        Description = "The server's certificate. Can be repeated, each with its --key: the old and the new one during a rollover.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _keys = new("--key")
    {
        Description = "The certificate's key, in the order of --cert.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();

    private readonly Option<int> _maxConnections;

    private readonly Option<int> _maxPerAddress = CountOption.Create(
        "--max-connections-per-address",
        "Connections at once from one IPv4 address or IPv6 /64 network.",
        ConnectionLimits.Default.MaxConnectionsPerAddress);

    private readonly Option<double> _idleTimeout =
        SecondsOption.Create("--idle-timeout", "Close a connection that is silent for so long; 0 is never.", 3600, allowZero: true);

    private readonly Option<long?> _ratchetAfter = CountOption.CreateOptional(
        "--ratchet-after", "Replace a channel's keys after so many bytes were sent on it. Default never.", "BYTES");

    private readonly TrustOptions _trust = new();

    /// <summary>The options of a command that accepts tunnels.</summary>
    /// <param name="limitNote">What else there is to say about the limit of connections.</param>
    public ServerArguments(string limitNote = "") => _maxConnections = CountOption.Create(
        "--max-connections", $"Connections at once; more are refused.{limitNote}", ConnectionLimits.Default.MaxConnections);

    public void AddTo(Command command)
    {
        _trust.AddTo(command);
        command.Add(_certificates);
        command.Add(_keys);
        command.Add(_passphraseFile);
        command.Add(_maxConnections);
        command.Add(_maxPerAddress);
        command.Add(_idleTimeout);
        command.Add(_ratchetAfter);
        command.Validators.Add(result =>
        {
            int certificates = result.GetValue(_certificates)?.Length ?? 0;
            int keys = result.GetValue(_keys)?.Length ?? 0;
            if (certificates != keys) result.AddError($"Each --cert needs its --key: there are {certificates} and {keys}.");
        });
    }

    /// <summary>Loads the identities.</summary>
    public IdentitySet Load(ParseResult result, CommandTerminal terminal)
    {
        KeyFiles files = new(terminal);
        PassphraseSource passphrases = new(terminal, result.GetValue(_passphraseFile));
        VerificationPolicy policy = _trust.Policy(result, terminal);
        return new IdentitySet(
        [
            .. result.GetRequiredValue(_certificates).Zip(
                result.GetRequiredValue(_keys),
                (certificate, key) => files.LoadIdentity(_trust.Root(result), certificate, key, passphrases, policy)),
        ]);
    }

    public QstpServerOptions Create(ParseResult result, IdentitySet identities, ILoggerFactory loggers, bool startsPrograms = false) => new()
    {
        Identities = identities.All,
        ClockOffset = _trust.ClockOffset(result),
        PacketTolerance = TrustOptions.PacketTolerance,
        LoggerFactory = loggers,
        Ratchets = new RatchetPolicy { EveryBytes = result.GetValue(_ratchetAfter) },
        Limits = new ConnectionLimits
        {
            HandshakeTimeout = _trust.HandshakeTimeout(result),
            IdleTimeout = SecondsOption.ZeroIsInfinite(result.GetValue(_idleTimeout)),
            MaxConnections = MaxConnections(result, startsPrograms),
            MaxConnectionsPerAddress = result.GetValue(_maxPerAddress),
        },
    };

    /// <summary>The limit that was given, or the one that fits.</summary>
    private int MaxConnections(ParseResult result, bool startsPrograms) =>
        startsPrograms && result.GetResult(_maxConnections) is null or { Implicit: true }
            ? MaxPrograms
            : result.GetValue(_maxConnections);
}
