using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Cli.Commands.Keys;
using Postern.Cli.Daemons;
using Postern.Cli.Files;
using Postern.Cli.Renewing;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What a server answers with in each protocol, and its limits.</summary>
internal sealed class ServerArguments
{
    /// <summary>Connections at once if each starts a process, which a client that nobody knows can ask for.</summary>
    public const int MaxPrograms = 256;

    /// <summary>Of these from one address.</summary>
    public const int MaxProgramsPerAddress = 64;

    private readonly ProtocolChoice _protocol;
    private readonly CertificateTrust _trust;
    private readonly ChannelArguments _channel;
    private readonly Option<string[]> _certificates;
    private readonly Option<string[]> _keys;
    private readonly Option<string[]> _trusted;
    private readonly RenewalOptions _renewal = new();
    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();
    private readonly Option<int> _maxConnections;

    private readonly Option<int> _maxPerAddress = CountOption.Create(
        "--max-connections-per-address",
        "Connections at once from one IPv4 address or IPv6 /64 network.",
        ConnectionLimits.Default.MaxConnectionsPerAddress);

    private readonly Option<int> _maxRate = CountOption.Create(
        "--max-connects-per-second",
        "New connections a second from one IPv4 address or IPv6 /64 network.",
        ConnectionLimits.Default.MaxConnectsPerSecondPerAddress);

    private readonly Option<double> _idleTimeout =
        SecondsOption.Create("--idle-timeout", "Close a connection that is silent for so long; 0 is never.", 3600, allowZero: true);

    private readonly Option<bool> _hideReasons = new("--hide-failure-reasons")
    {
        Description = "Answer every failed handshake with the same code, so that scanners learn nothing.",
    };

    private readonly Option<bool> _acceptProxy = new("--accept-proxy-v2")
    {
        Description = "Every connection begins with a PROXY protocol v2 header, from a balancer that alone can reach this port: limits and logs go by whom it names.",
    };

    /// <summary>The options of a command that accepts tunnels.</summary>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="limitNote">What else there is to say about the limit of connections.</param>
    public ServerArguments(ProtocolChoice protocol, string limitNote = "")
    {
        _protocol = protocol;
        _trust = new CertificateTrust(protocol);
        _channel = new ChannelArguments(protocol, isClient: false);
        _certificates = new Option<string[]>("--cert")
        {
            Description = "The server's certificate. Can be repeated, each with its --key: the old and the new one during a rollover.",
            HelpName = "FILE",
            Required = protocol.IsFixed(TunnelProtocol.Qstp),
        };
        _keys = new Option<string[]>("--key")
        {
            Description = protocol.May(TunnelProtocol.Qstp)
                ? "Our private key; with certificates in the order of --cert. Can be repeated."
                : "Our private key. Can be repeated: the old and the new one, while the old one runs out.",
            HelpName = "FILE",
            Required = true,
        };
        _trusted = new Option<string[]>("--trust")
        {
            Description = "Public key of a peer that may connect, or a folder of them, which is read anew when it changes. Can be repeated. Default: the folder of 'postern key trust'.",
            HelpName = "FILE|DIR",
        };
        _maxConnections = CountOption.Create(
            "--max-connections", $"Connections at once; more are refused.{limitNote}", ConnectionLimits.Default.MaxConnections);
    }

    /// <summary>How long a connection may be silent.</summary>
    public TimeSpan IdleTimeout(ParseResult result) => SecondsOption.ZeroIsInfinite(result.GetValue(_idleTimeout));

    public void AddTo(Command command)
    {
        _protocol.AddTo(command);
        _trust.AddTo(command);
        if (_protocol.May(TunnelProtocol.Qstp)) command.Add(_certificates);
        command.Add(_keys);
        if (_protocol.May(TunnelProtocol.Duplex)) command.Add(_trusted);
        command.Add(_passphraseFile);
        _channel.AddTo(command);
        if (_protocol.May(TunnelProtocol.Qstp)) _renewal.AddTo(command);
        command.Add(_maxConnections);
        command.Add(_maxPerAddress);
        command.Add(_maxRate);
        command.Add(_idleTimeout);
        command.Add(_hideReasons);
        command.Add(_acceptProxy);
        command.Validators.Add(result =>
        {
            _protocol.Check(result, _certificates, (TunnelProtocol.Qstp, true));
            foreach (Option option in _renewal.All) _protocol.Check(result, option, (TunnelProtocol.Qstp, false));
            _protocol.Check(result, _trusted, (TunnelProtocol.Duplex, false));
            if (_protocol.Of(result) != TunnelProtocol.Qstp) return;
            int certificates = result.GetValue(_certificates)?.Length ?? 0;
            int keys = result.GetValue(_keys)?.Length ?? 0;
            if (certificates != keys) result.AddError($"Each --cert needs its --key: there are {certificates} and {keys}.");
        });
    }

    /// <summary>Loads keys and certificates, and checks them.</summary>
    public async Task<LoadedServer> LoadAsync(
        ParseResult result, CommandTerminal terminal, ILoggerFactory loggers, CancellationToken cancellationToken, bool startsPrograms = false)
    {
        KeyFiles files = new(terminal);
        PassphraseSource passphrases = new(terminal, result.GetValue(_passphraseFile));
        ConnectionLimits limits = CreateLimits(result, startsPrograms);
        return _protocol.Of(result) switch
        {
            TunnelProtocol.Simplex => LoadSimplex(result, terminal, files, passphrases, limits, loggers),
            TunnelProtocol.Duplex => LoadDuplex(result, terminal, files, passphrases, limits, loggers),
            _ => await LoadQstpAsync(result, terminal, files, passphrases, limits, loggers, cancellationToken),
        };
    }

    /// <summary>The limits that were given, or those that fit.</summary>
    public ConnectionLimits CreateLimits(ParseResult result, bool startsPrograms) => new()
    {
        HandshakeTimeout = _channel.HandshakeTimeout(result),
        IdleTimeout = IdleTimeout(result),
        MaxConnections = startsPrograms && result.GetResult(_maxConnections) is null or { Implicit: true }
            ? MaxPrograms
            : result.GetValue(_maxConnections),
        MaxConnectionsPerAddress = startsPrograms && result.GetResult(_maxPerAddress) is null or { Implicit: true }
            ? MaxProgramsPerAddress
            : result.GetValue(_maxPerAddress),
        MaxConnectsPerSecondPerAddress = result.GetValue(_maxRate),
    };

    private async Task<LoadedServer> LoadQstpAsync(
        ParseResult result,
        CommandTerminal terminal,
        KeyFiles files,
        PassphraseSource passphrases,
        ConnectionLimits limits,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        VerificationPolicy policy = _trust.Policy(result, terminal, _channel.ClockOffset(result));
        LoadedRoots roots = _trust.LoadRoots(result, files);
        string[] certificates = result.GetValue(_certificates)!;
        RenewalPlan? plan = _renewal.Plan(result, terminal, roots, policy, certificates[0], result.GetRequiredValue(_keys)[0]);
        ServerIdentity[] named =
        [
            .. certificates.Zip(
                result.GetRequiredValue(_keys),
                (certificate, key) => files.LoadIdentity(roots, certificate, key, passphrases, policy)),
        ];
        RollingIdentities identities = new(named, plan is null ? null : RenewalOptions.LoadFormer(plan));
        ExpectDistinct(identities);
        IReadOnlyList<RevocationMonitor> revocation = await StartRevocationAsync(result, roots, identities, policy, loggers, cancellationToken);
        QstpServerOptions options = _channel.Apply(result, loggers, new QstpServerOptions
        {
            Identities = identities,
            Limits = limits,
            HidesFailureReasons = result.GetValue(_hideReasons),
            AcceptsProxyHeader = result.GetValue(_acceptProxy),
            FurtherRevocation = revocation,
        });
        return new LoadedServer(
            (endPoint, handler) => QstpServer.Start(endPoint, options, handler),
            running => running is QstpServer server ? server.Update(options) : throw OtherProtocol(),
            (endPoint, listening, token) => QstpServer.AcceptOneAsync(endPoint, options, listening, token),
            [identities])
        {
            Revocation = revocation,
            Renew = plan is null ? null : () => RenewalOptions.Start(plan, identities, loggers),
            Expiry = _channel.StartExpiryWatch(result, terminal, loggers, () => identities.Newest.SelectMany(Ends)),
            IsUsable = () => identities.Any(identity => Expiration.AreValid(Now(result, terminal), Ends(identity)) && RevokedBy(revocation, identity.Certificate) is null),
        };

        Expiration[] Ends(ServerIdentity identity) =>
            [Expiration.Of(roots.Trusted.RootOf(identity.Certificate)), Expiration.Of(identity.Certificate), Expiration.Of(identity)];
    }

    private DateTimeOffset Now(ParseResult result, CommandTerminal terminal) => terminal.Clock.GetUtcNow() + _channel.ClockOffset(result);

    private static CommandException OtherProtocol() => new(ExitCode.Usage, "--protocol is another one now: that needs a restart.");

    // One for each root that an identity is of.
    private async Task<IReadOnlyList<RevocationMonitor>> StartRevocationAsync(
        ParseResult result,
        LoadedRoots roots,
        RollingIdentities identities,
        VerificationPolicy policy,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        List<RevocationMonitor> monitors = [];
        try
        {
            foreach (RootCertificate root in identities.Select(identity => roots.Trusted.RootOf(identity.Certificate)).Distinct())
            {
                if (await _trust.StartRevocationAsync(result, roots, root, policy, loggers, cancellationToken) is { } monitor) monitors.Add(monitor);
            }

            return monitors;
        }
        catch
        {
            foreach (RevocationMonitor monitor in monitors) await monitor.DisposeAsync();
            throw;
        }
    }

    private static void ExpectDistinct(IReadOnlyList<ServerIdentity> identities)
    {
        if (identities.CountBy(identity => identity.Certificate.SerialNumber).FirstOrDefault(serial => serial.Value > 1) is not { Key: { } twice }) return;
        throw new CommandException(
            ExitCode.Usage, $"Two of the certificates have the serial {twice}, and clients choose by the serial: give the newest of them only.");
    }

    private static RevocationEntry? RevokedBy(IReadOnlyList<RevocationMonitor> monitors, ServerCertificate certificate) =>
        monitors.FirstOrDefault(monitor => monitor.GetStatus().RootSerialNumber == certificate.RootSerialNumber)?.Current?.Find(certificate.SerialNumber);

    private LoadedServer LoadSimplex(
        ParseResult result, CommandTerminal terminal, KeyFiles files, PassphraseSource passphrases, ConnectionLimits limits, ILoggerFactory loggers)
    {
        QsmpPrivateKey[] keys = LoadKeys(result, terminal, files, passphrases);
        QsmpSimplexServerOptions options = _channel.Apply(
            result, loggers, new QsmpSimplexServerOptions { Keys = keys, Limits = limits, HidesFailureReasons = result.GetValue(_hideReasons), AcceptsProxyHeader = result.GetValue(_acceptProxy) });
        return new LoadedServer(
            (endPoint, handler) => QsmpSimplexServer.Start(endPoint, options, handler),
            running => running is QsmpSimplexServer server ? server.Update(options) : throw OtherProtocol(),
            (endPoint, listening, token) => QsmpSimplexServer.AcceptOneAsync(endPoint, options, listening, token),
            keys)
        {
            Expiry = WatchKeys(result, terminal, loggers, keys),
            IsUsable = () => AnyValid(result, terminal, keys),
            NameOf = channel => Array.Find(keys, key => key.KeyIdentity == channel.GetStatus().LocalName)?.Fingerprint,
        };
    }

    private LoadedServer LoadDuplex(
        ParseResult result, CommandTerminal terminal, KeyFiles files, PassphraseSource passphrases, ConnectionLimits limits, ILoggerFactory loggers)
    {
        QsmpPrivateKey[] keys = LoadKeys(result, terminal, files, passphrases);
        foreach (QsmpPrivateKey key in keys) _channel.CheckRatchets(result, key.Suite);
        QsmpDuplexListenOptions options = _channel.Apply(result, loggers, new QsmpDuplexListenOptions
        {
            Keys = keys,
            TrustedKeys = TrustArgument.Load(terminal, files, result.GetValue(_trusted) ?? []),
            Limits = limits,
            HidesFailureReasons = result.GetValue(_hideReasons),
            AcceptsProxyHeader = result.GetValue(_acceptProxy),
        });
        return new LoadedServer(
            (endPoint, handler) => QsmpDuplexPeer.Listen(endPoint, options, handler),
            running => running is QsmpDuplexListener listener ? listener.Update(options) : throw OtherProtocol(),
            (endPoint, listening, token) => QsmpDuplexPeer.AcceptOneAsync(endPoint, options, listening, token),
            keys)
        {
            Expiry = WatchKeys(result, terminal, loggers, keys),
            IsUsable = () => AnyValid(result, terminal, keys),
        };
    }

    private bool AnyValid(ParseResult result, CommandTerminal terminal, QsmpPrivateKey[] keys) => Array.Exists(keys, key => Now(result, terminal) <= key.Expiration);

    private ExpiryWatch WatchKeys(ParseResult result, CommandTerminal terminal, ILoggerFactory loggers, QsmpPrivateKey[] keys) =>
        _channel.StartExpiryWatch(result, terminal, loggers, () => keys.Select(key => Expiration.OfKey(key.KeyIdentity, key.Expiration)));

    private QsmpPrivateKey[] LoadKeys(ParseResult result, CommandTerminal terminal, KeyFiles files, PassphraseSource passphrases)
    {
        return [.. result.GetRequiredValue(_keys).Select(path => files.LoadOwnQsmpKey(path, passphrases, Now(result, terminal)))];
    }
}
