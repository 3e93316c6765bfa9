using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What the clients of <c>postern expose</c> may do in tunnels of many streams.</summary>
internal sealed class StreamServerOptions
{
    /// <summary>Tunnels have streams.</summary>
    public Option<bool> Multiplex { get; } = new("--multiplex")
    {
        Description = "Tunnels carry many connections each: for the clients of 'forward --multiplex', and for no others.",
    };

    private readonly Option<string[]> _targets = Rules(
        "--allow-target",
        "A target that clients may name: HOST:PORTS with a name, *.NAME, an address, NETWORK/BITS or *, and 80, 80-90 or *; or unix:PATH. Can be repeated. Default none.",
        text => TargetRules.Parse([text]));

    private readonly Option<string[]> _listens = Rules(
        "--allow-listen",
        "An address that clients may have listened on here: ADDRESS:PORTS, such as 127.0.0.1:9000-9010; or unix:PATH. Can be repeated. Default none.",
        text => ListenRules.Parse([text]));

    private readonly Option<string[]> _clients = new("--trust-client")
    {
        Description = "With qstp and simplex: public QSMP key of a client that may come in, or a folder of them; others are refused after they had the tunnel. Can be repeated.",
        HelpName = "FILE|DIR",
    };

    private readonly Option<bool> _unsafeListen = LoopbackRule.CreateOption("Let --allow-listen have addresses that other machines reach: who connects there needs no key, and what it sends is not encrypted on its way here.");

    private readonly Option<int> _maxStreams = CountOption.Create("--max-streams", "Streams at once in all tunnels; more are refused.", 16_384);

    public void AddTo(Command command, ProtocolChoice protocol)
    {
        Option[] further = [_targets, _listens, _unsafeListen, _clients, _maxStreams];
        command.Add(Multiplex);
        foreach (Option option in further) command.Add(option);
        _listens.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValue(_unsafeListen) || ListenRules.Parse(result.Tokens.Select(token => token.Value)).AreLoopback) return;
            result.AddError("--allow-listen has addresses that other machines reach, and what they send there is not encrypted. Allow loopback addresses or UNIX sockets, or add --unsafe-listen if that is meant.");
        });
        command.Validators.Add(result =>
        {
            protocol.Check(result, _clients, (TunnelProtocol.Qstp, false), (TunnelProtocol.Simplex, false));
            if (result.GetValue(Multiplex)) return;
            foreach (Option option in further)
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --multiplex.");
            }
        });
    }

    public bool IsUsed(SymbolResult result) => result.GetValue(Multiplex);

    /// <summary>The rules; null for tunnels that are one connection each.</summary>
    public ExposedStreams? Load(ParseResult result, CommandTerminal terminal, ReloadingServer server, TimeSpan idleTimeout) => result.GetValue(Multiplex)
        ? new ExposedStreams
        {
            Targets = TargetRules.Parse(result.GetValue(_targets) ?? []),
            Listens = ListenRules.Parse(result.GetValue(_listens) ?? []),
            MaxStreams = result.GetValue(_maxStreams),
            IdleTimeout = idleTimeout,
            Clients = result.GetValue(_clients) is { Length: > 0 } paths
                ? new ClientCheck(TrustArgument.Load(terminal, new KeyFiles(terminal), paths, mode: null), server.NameOf, terminal.Clock)
                : null,
        }
        : null;

    private static Option<string[]> Rules(string name, string description, Action<string> check)
    {
        Option<string[]> option = new(name) { Description = description, HelpName = "RULE" };
        option.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
            {
                try
                {
                    check(token.Value);
                }
                catch (FormatException exception)
                {
                    result.AddError($"{name}: {exception.Message}");
                }
            }
        });
        return option;
    }
}
