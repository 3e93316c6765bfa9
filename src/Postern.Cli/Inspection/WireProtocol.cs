using Postern.Channels;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Inspection;

/// <summary>What can be seen of a protocol from outside: sizes, flags and codes, as data.</summary>
internal sealed record WireProtocol
{
    public static readonly WireProtocol Qstp = new()
    {
        Name = QstpProtocol.Name,
        Suites = QstpSuites.All,
        HashSize = QstpProtocol.HashSize,
        Profile = QstpProtocol.Channel,
    };

    public static readonly WireProtocol Simplex = new()
    {
        Name = QsmpProtocol.SimplexName,
        Suites = QsmpSuites.All,
        HashSize = QsmpProtocol.HashSizeOf(QsmpMode.Simplex),
        Profile = QsmpProtocol.Simplex,
    };

    public static readonly WireProtocol Duplex = new()
    {
        Name = QsmpProtocol.DuplexName,
        Suites = QsmpSuites.All,
        HashSize = QsmpProtocol.HashSizeOf(QsmpMode.Duplex),
        Profile = QsmpProtocol.Duplex,
    };

    public static IReadOnlyList<WireProtocol> All { get; } = [Qstp, Simplex, Duplex];

    public required string Name { get; init; }

    public required IReadOnlyList<Suite> Suites { get; init; }

    public required int HashSize { get; init; }

    public required ChannelProfile Profile { get; init; }

    public int TagSize => Profile.Rcs.TagSize;

    public bool IsDuplex => ReferenceEquals(this, Duplex);

    /// <summary>A flag in words, or null if no packet of the protocol has it. (QSTP §3.1, QSMP §1.3)</summary>
    public string? NameOf(byte flag) => flag switch
    {
        _ when flag == Profile.ErrorFlag => "error condition",
        QstpProtocol.ConnectRequestFlag => "connect request",
        QstpProtocol.ConnectResponseFlag => "connect response",
        ChannelProfile.TerminateFlag => "connection terminate",
        ChannelProfile.MessageFlag => "encrypted message",
        QstpProtocol.ExchangeRequestFlag => "exchange request",
        QstpProtocol.ExchangeResponseFlag => "exchange response",
        QsmpProtocol.EstablishRequestFlag when IsDuplex => "establish request",
        QsmpProtocol.EstablishResponseFlag when IsDuplex => "establish response",
        ChannelProfile.KeyExchangeRequestFlag when IsDuplex => "asymmetric ratchet request",
        ChannelProfile.KeyExchangeResponseFlag when IsDuplex => "asymmetric ratchet response",
        ChannelProfile.RatchetFlag => "symmetric ratchet request",
        ChannelProfile.KeepAliveFlag => "keep-alive",
        _ => null,
    };

    /// <summary>Who sends a packet of the handshake; null for all others.</summary>
    public static Side? SenderOf(byte flag) => flag switch
    {
        QstpProtocol.ConnectRequestFlag or QstpProtocol.ExchangeRequestFlag or QsmpProtocol.EstablishRequestFlag => Side.Client,
        QstpProtocol.ConnectResponseFlag or QstpProtocol.ExchangeResponseFlag or QsmpProtocol.EstablishResponseFlag => Side.Server,
        _ => null,
    };
}
