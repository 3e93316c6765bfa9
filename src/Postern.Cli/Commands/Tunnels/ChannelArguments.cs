using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Clock, deadline, ratchets and keep-alives: the same for both ends of every tunnel.</summary>
internal sealed class ChannelArguments(ProtocolChoice protocol, bool isClient)
{
    /// <summary>
    /// How long a reader may stand still before what waits for it is too old: the tag and the sequence guard the packets, and a pager
    /// or a paused download is no attack. (QSTP §8.3, §13.18)
    /// </summary>
    public static readonly TimeSpan PacketTolerance = TimeSpan.FromDays(1);

    private readonly Option<double> _clockOffset = SecondsOption.CreateOffset(
        "--clock-offset",
        "Added to the clock: reference hosts run ahead by their time zone's distance west of Greenwich (New York: 18000).");

    private readonly Option<double> _handshakeTimeout = SecondsOption.Create("--handshake-timeout", "Longest time for a handshake.", 10);

    private readonly Option<double> _keepAlive = SecondsOption.Create(
        "--keep-alive",
        "Send a sealed keep-alive after so much silence, and give up a peer that misses three. Both ends must be Postern and have it on. 0 is off.",
        0,
        allowZero: true);

    private readonly Option<long?> _ratchetAfter = SizeOption.Create(
        "--ratchet-after", "Replace a channel's keys after so many bytes were sent on it, such as 1G, give or take a tenth. Default never.", least: 1);

    private readonly Option<long?> _ratchetEvery = CountOption.CreateOptional(
        "--ratchet-every", "Replace them after so many messages. Default never.", "N");

    private readonly Option<double> _ratchetTime = SecondsOption.Create(
        "--ratchet-time", "Replace them after so long, give or take a tenth; 0 is never.", 0, allowZero: true);

    private readonly Option<bool> _asymmetric = new("--ratchet-asymmetric")
    {
        Description = "Replace them by a fresh key exchange. Only with duplex.",
    };

    private readonly Option<bool> _allowClientRatchet = new("--allow-client-ratchet")
    {
        Description = "The server is Postern: a reference server drops a client that replaces the keys.",
    };

    private readonly Option<ChannelCipher> _cipher = new Option<ChannelCipher>("--cipher")
    {
        Description = "rcs, as everybody has it; rcs-reduced-rounds and rcs-qmac are weaker, and only for peers that were built so. Both ends must agree.",
        HelpName = "FORM",
        DefaultValueFactory = _ => ChannelCipher.Rcs,
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "rcs":
                    return ChannelCipher.Rcs;
                case "rcs-reduced-rounds":
                    return ChannelCipher.RcsReducedRounds;
                case "rcs-qmac":
                    return ChannelCipher.RcsQmac;
            }

            result.AddError($"--cipher is rcs, rcs-reduced-rounds or rcs-qmac, not '{result.Tokens[0].Value}'.");
            return ChannelCipher.Rcs;
        },
    }.Offering("rcs", "rcs-reduced-rounds", "rcs-qmac");

    private readonly Option<TimeSpan?> _warnBefore = CommonOptions.WarnBefore();

    private bool HasAllowance => isClient && (protocol.May(TunnelProtocol.Qstp) || protocol.May(TunnelProtocol.Simplex));

    public void AddTo(Command command)
    {
        command.Add(_clockOffset);
        command.Add(_handshakeTimeout);
        command.Add(_keepAlive);
        command.Add(_cipher);
        command.Add(_warnBefore);
        command.Add(_ratchetAfter);
        command.Add(_ratchetEvery);
        command.Add(_ratchetTime);
        if (protocol.May(TunnelProtocol.Duplex)) command.Add(_asymmetric);
        if (HasAllowance) command.Add(_allowClientRatchet);
        command.Validators.Add(result =>
        {
            protocol.Check(result, _asymmetric, (TunnelProtocol.Duplex, false));
            if (!HasAllowance) return;
            protocol.Check(result, _allowClientRatchet, (TunnelProtocol.Qstp, false), (TunnelProtocol.Simplex, false));
            if (result.GetValue(_allowClientRatchet) || protocol.Of(result) == TunnelProtocol.Duplex) return;
            foreach (Option option in (Option[])[_ratchetAfter, _ratchetEvery, _ratchetTime])
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --allow-client-ratchet.");
            }
        });
    }

    public TimeSpan ClockOffset(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_clockOffset));

    public TimeSpan HandshakeTimeout(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_handshakeTimeout));

    /// <summary>Begins to warn of what ends soon.</summary>
    public ExpiryWatch StartExpiryWatch(ParseResult result, CommandTerminal terminal, ILoggerFactory loggers, params IReadOnlyList<Expiration> expirations) =>
        StartExpiryWatch(result, terminal, loggers, () => expirations);

    /// <inheritdoc cref="StartExpiryWatch(ParseResult, CommandTerminal, ILoggerFactory, IReadOnlyList{Expiration})"/>
    public ExpiryWatch StartExpiryWatch(ParseResult result, CommandTerminal terminal, ILoggerFactory loggers, Func<IEnumerable<Expiration>> expirations) =>
        ExpiryWatch.Start(loggers, terminal.Clock, result.GetValue(_warnBefore) ?? CommonOptions.StandardWarning, expirations);

    public bool AllowClientRatchet(ParseResult result) => HasAllowance && result.GetValue(_allowClientRatchet);

    /// <summary>Refuses asymmetric ratchets of keys that have none.</summary>
    public void CheckRatchets(ParseResult result, Suite suite)
    {
        if (!result.GetValue(_asymmetric) || QsmpSuites.HasKeyExchange(suite)) return;
        throw new CommandException(ExitCode.Usage, $"--ratchet-asymmetric: keys of {suite} are too large for a packet. Leave it out: the keys are then replaced symmetrically.");
    }

    /// <summary>The options with what the command line says, of the type that was given.</summary>
    public T Apply<T>(ParseResult result, ILoggerFactory loggers, T options)
        where T : ChannelOptions
    {
        if (result.GetValue(_cipher) == ChannelCipher.RcsQmac) ChannelLog.ForgeableCipher(loggers.CreateLogger("Postern.Cli.Channel"));
        if (result.GetValue(_cipher) == ChannelCipher.RcsReducedRounds) ChannelLog.WeakerCipher(loggers.CreateLogger("Postern.Cli.Channel"));
        double keepAlive = result.GetValue(_keepAlive);
        double ratchetTime = result.GetValue(_ratchetTime);
        ChannelOptions applied = options with
        {
            ClockOffset = ClockOffset(result),
            PacketTolerance = PacketTolerance,
            LoggerFactory = loggers,
            Cipher = result.GetValue(_cipher),
            KeepAliveInterval = keepAlive > 0 ? TimeSpan.FromSeconds(Math.Max(keepAlive, 0.1)) : null,
            Ratchets = new RatchetPolicy
            {
                EveryBytes = result.GetValue(_ratchetAfter),
                EveryPackets = result.GetValue(_ratchetEvery),
                Every = ratchetTime > 0 ? TimeSpan.FromSeconds(ratchetTime) : null,
                Jitter = result.GetValue(_ratchetEvery) is null ? RatchetPolicy.Never.Jitter : 0,
                Kind = protocol.Of(result) == TunnelProtocol.Duplex && result.GetValue(_asymmetric) ? RatchetKind.Asymmetric : RatchetKind.Symmetric,
            },
        };
        return (T)applied;
    }
}
