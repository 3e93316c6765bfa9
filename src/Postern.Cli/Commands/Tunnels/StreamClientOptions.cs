using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What <c>postern forward</c> does with one tunnel for all its connections.</summary>
internal sealed class StreamClientOptions
{
    private readonly Option<bool> _multiplex = new("--multiplex")
    {
        Description = "One tunnel for all connections, dialled again when it breaks. The server must be Postern's 'expose --multiplex'.",
    };

    private readonly Option<ForwardRule[]> _local = Rules(
        "--local", "-L", "Listen here and lead to a target that the server reaches and allows: LISTEN=TARGET, such as 5432=db.internal:5432. Can be repeated; implies --multiplex.");

    private readonly Option<ForwardRule[]> _remote = Rules(
        "--remote", "-R", "Let the server listen and lead to a target that is reached from here: LISTEN=TARGET, such as 127.0.0.1:9000=localhost:80. Can be repeated; implies --multiplex.");

    private readonly Option<EndPoint?> _socks = EndPointArgument.ListenPlain(
        "--socks5", "Listen here for SOCKS5, whose clients name their targets; such as 1080. Implies --multiplex.", IPAddress.Loopback);

    private readonly Option<string?> _clientKey = new("--client-key")
    {
        Description = "With qstp and simplex: our QSMP key, to prove in the tunnel who we are. Implies --multiplex.",
        HelpName = "FILE",
    };

    public StreamClientOptions() => _socks.Aliases.Add("-D");

    public IEnumerable<Option> All => [_multiplex, _local, _remote, _socks, _clientKey];

    public void AddTo(Command command, ProtocolChoice protocol)
    {
        foreach (Option option in All) command.Add(option);
        command.Validators.Add(result => protocol.Check(result, _clientKey, (TunnelProtocol.Qstp, false), (TunnelProtocol.Simplex, false)));
    }

    /// <summary>All connections go through one tunnel.</summary>
    public bool IsUsed(ParseResult result) =>
        result.GetValue(_multiplex) || HasPlaces(result) || result.GetValue(_clientKey) is not null;

    /// <summary>It says by itself where to listen, here or there.</summary>
    public bool HasPlaces(ParseResult result) =>
        result.GetValue(_local) is { Length: > 0 } || result.GetValue(_remote) is { Length: > 0 } || result.GetValue(_socks) is not null;

    /// <summary>Addresses on this side, with how their connections get into the tunnel.</summary>
    public IEnumerable<(EndPoint Listen, Func<TunnelLink, ForwardingPath> Path)> Places(ParseResult result)
    {
        foreach (ForwardRule rule in result.GetValue(_local) ?? [])
        {
            EndPoint listen;
            try
            {
                listen = EndPointArgument.ParseUnix(rule.Listen) ?? EndPointArgument.ParseListen(rule.Listen, IPAddress.Loopback, null);
            }
            catch (FormatException exception)
            {
                throw new CommandException(ExitCode.Usage, $"--local: {exception.Message}");
            }

            yield return (listen, link => ForwardingPath.StreamEach(link, StreamTarget.To(rule.Target)));
        }

        if (result.GetValue(_socks) is { } socks) yield return (socks, ForwardingPath.Socks5);
    }

    /// <summary>Begins to dial.</summary>
    public TunnelLink Start(ParseResult result, ChannelConnector connect, QsmpPrivateKey? clientKey, TimeSpan idleTimeout, ILoggerFactory loggers) => TunnelLink.Start(new TunnelLinkOptions
    {
        Connect = connect,
        RemoteForwards = [.. (result.GetValue(_remote) ?? []).Select(rule => new RemoteForward(ListenText(rule.Listen), rule.Target))],
        Proof = clientKey is null ? null : new ClientProof(clientKey),
        IdleTimeout = idleTimeout,
        LoggerFactory = loggers,
    });

    /// <summary>The key that proves who we are; null if none was given.</summary>
    public QsmpPrivateKey? LoadClientKey(ParseResult result, CommandTerminal terminal, string? passphraseFile) => result.GetValue(_clientKey) is { } path
        ? new KeyFiles(terminal).LoadOwnQsmpKey(path, new PassphraseSource(terminal, passphraseFile), terminal.Clock.GetUtcNow())
        : null;

    // A port alone is the server's loopback address.
    private static string ListenText(string text) => text.All(char.IsAsciiDigit) ? $"localhost:{text}" : text;

    private static Option<ForwardRule[]> Rules(string name, string alias, string description) => new(name, alias)
    {
        Description = description,
        HelpName = "LISTEN=TARGET",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => EndPointArgument.Parse(result, _ => result.Tokens.Select(token => ForwardRule.Parse(token.Value)).ToArray()),
    };
}
