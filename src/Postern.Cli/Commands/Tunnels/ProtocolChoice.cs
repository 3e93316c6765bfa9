using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>The protocol of a command: fixed, or by <c>--protocol</c>.</summary>
internal sealed class ProtocolChoice
{
    private readonly TunnelProtocol _fixed;
    private readonly Option<TunnelProtocol>? _option;

    /// <summary>Always this one.</summary>
    public ProtocolChoice(TunnelProtocol protocol) => _fixed = protocol;

    /// <summary>As the command line says, QSTP if it does not.</summary>
    public ProtocolChoice()
    {
        _option = new Option<TunnelProtocol>("--protocol")
        {
            Description = "qstp: a server with a certificate, clients that hold the root. simplex: a server with a key, clients that hold its public key. duplex: two peers that hold each other's.",
            HelpName = "PROTOCOL",
            DefaultValueFactory = _ => TunnelProtocol.Qstp,
            CustomParser = result => Parse(result.Tokens[0].Value) ?? default,
        }.Offering("qstp", "simplex", "duplex");
    }

    public static int PortOf(TunnelProtocol protocol) => protocol switch
    {
        TunnelProtocol.Simplex => QsmpSimplexClient.DefaultPort,
        TunnelProtocol.Duplex => QsmpDuplexPeer.DefaultPort,
        _ => QstpClient.DefaultPort,
    };

    public void AddTo(Command command)
    {
        if (_option is null) return;
        command.Add(_option);

        // Not by the option's parser: the checks of other options ask for the value, too.
        command.Validators.Add(result =>
        {
            if (!IsKnown(result)) result.AddError($"--protocol is qstp, simplex or duplex, not '{result.GetResult(_option)!.Tokens[0].Value}'.");
        });
    }

    /// <summary>Whether the command can speak it.</summary>
    public bool May(TunnelProtocol protocol) => _option is not null || _fixed == protocol;

    /// <summary>The option is needed whatever else is said.</summary>
    public bool IsFixed(TunnelProtocol protocol) => _option is null && _fixed == protocol;

    public TunnelProtocol Of(ParseResult result) => _option is null ? _fixed : result.GetValue(_option);

    public TunnelProtocol Of(SymbolResult result) => _option is null ? _fixed : result.GetValue(_option);

    /// <summary>The port that is usual for what was chosen.</summary>
    public int? UsualPort(SymbolResult result) => PortOf(Of(result));

    /// <summary>Adds an error for an option that is missing, or does not belong to what was chosen.</summary>
    public void Check(CommandResult command, Option option, params ReadOnlySpan<(TunnelProtocol Protocol, bool IsRequired)> uses)
    {
        if (_option is null || !IsKnown(command)) return;
        TunnelProtocol chosen = Of(command);
        bool isGiven = command.GetResult(option) is { Implicit: false };
        foreach ((TunnelProtocol protocol, bool isRequired) in uses)
        {
            if (protocol != chosen) continue;
            if (isRequired && !isGiven) command.AddError($"--protocol {Name(chosen)} needs {option.Name}.");
            return;
        }

        if (isGiven) command.AddError($"{option.Name} means nothing with --protocol {Name(chosen)}.");
    }

    private bool IsKnown(CommandResult command) =>
        command.GetResult(_option!) is not { Implicit: false, Tokens: [{ Value: var text }] } || Parse(text) is not null;

    private static TunnelProtocol? Parse(string text) => text switch
    {
        "qstp" => TunnelProtocol.Qstp,
        "simplex" => TunnelProtocol.Simplex,
        "duplex" => TunnelProtocol.Duplex,
        _ => null,
    };

    private static string Name(TunnelProtocol protocol) => protocol.ToString().ToLowerInvariant();
}
