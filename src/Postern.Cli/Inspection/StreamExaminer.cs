using Postern.Channels;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Inspection;

/// <summary>Explains the packets of one connection in the order in which they passed. It knows no secret: what is sealed stays sealed.</summary>
internal sealed class StreamExaminer(WireProtocol? forced)
{
    /// <summary>Longer than the largest handshake packet of any set. (QSTP §2, QSMP §1.6)</summary>
    public const int MaxBodySize = 1_500_000;

    private const ulong ErrorSequence = 0xFF00000000000000;
    private const int Tolerance = 60;

    private readonly WireProtocol? _forced = forced;
    private readonly Dictionary<Side, (ulong Sequence, bool IsHandshake)> _last = [];
    private bool _sawBeginning;

    public WireProtocol? Protocol { get; private set; } = forced;

    public Suite? Suite { get; private set; }

    /// <summary>A packet, whole or cut off where the input ends.</summary>
    public PacketReport Examine(ReadOnlySpan<byte> packet, Side? side, DateTimeOffset? capturedAt)
    {
        PacketHeader header = PacketHeader.Read(packet);
        ReadOnlySpan<byte> body = packet[PacketHeader.Size..];
        List<string> notes = [];
        List<string> problems = [];
        if (header.Flag == QstpProtocol.ConnectRequestFlag) ReadConnectRequest(header, body, problems);
        side ??= WireProtocol.SenderOf(header.Flag);
        if (body.Length < header.Length) problems.Add($"{header.Length - (uint)body.Length} of its {header.Length} bytes are missing");
        CheckSequence(header, side, problems);
        CheckTime(header, capturedAt, problems);
        if (side is { } sender && WireProtocol.SenderOf(header.Flag) is { } right && sender != right) problems.Add($"only a {right.ToString().ToLowerInvariant()} sends this packet");
        (string kind, List<PacketField> fields) = Explain(header, body, notes, problems);
        return new PacketReport
        {
            SentBy = side,
            CapturedAt = capturedAt,
            Kind = kind,
            Flag = header.Flag,
            Length = header.Length,
            Sequence = header.Sequence,
            Time = header.Time,
            Fields = fields,
            Notes = notes,
            Problems = problems,
        };
    }

    /// <summary>Which protocol and set a connect request is of. (QSTP §6.1, QSMP §2.1, §3.1)</summary>
    public static (WireProtocol Protocol, Suite Suite)? Recognise(PacketHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Flag != QstpProtocol.ConnectRequestFlag || body.Length < QstpProtocol.SerialSize) return null;
        ReadOnlySpan<byte> configuration = body[QstpProtocol.SerialSize..];
        foreach (WireProtocol protocol in WireProtocol.All)
        {
            foreach (Suite suite in protocol.Suites)
            {
                if (configuration.StartsWith(suite.ConfigurationField) && BodyLayout.Of(protocol, header.Flag, suite)!.Sum(part => part.Size) == header.Length) return (protocol, suite);
            }
        }

        return null;
    }

    private void ReadConnectRequest(PacketHeader header, ReadOnlySpan<byte> body, List<string> problems)
    {
        _sawBeginning = true;
        _last.Clear();
        if (Recognise(header, body) is not { } found)
        {
            problems.Add("its configuration is none of the fourteen sets, or has another length than its packet");
            return;
        }

        if (_forced is not null && _forced != found.Protocol) problems.Add($"it is a connect request of {found.Protocol.Name}");
        Protocol = _forced ?? found.Protocol;
        Suite = found.Suite;
    }

    // Handshake packets count from 0; a number is skipped before the first of the channel. (QSTP §6, §8.1; QSMP §1.8)
    private void CheckSequence(PacketHeader header, Side? side, List<string> problems)
    {
        if (side is not { } sender || header.Sequence == ErrorSequence) return;
        bool isHandshake = WireProtocol.SenderOf(header.Flag) is not null;
        ulong? expected = (_last.TryGetValue(sender, out (ulong Sequence, bool IsHandshake) last), last.IsHandshake && !isHandshake) switch
        {
            (true, true) => (Protocol ?? WireProtocol.Qstp).Profile.HandshakeSequence + 1,
            (true, false) => unchecked(last.Sequence + 1),
            _ => _sawBeginning && isHandshake ? 0UL : null,
        };
        if (expected is { } number && header.Sequence != number) problems.Add($"its sequence is {header.Sequence}, where {number} is expected");
        _last[sender] = (header.Sequence, isHandshake);
    }

    private static void CheckTime(PacketHeader header, DateTimeOffset? capturedAt, List<string> problems)
    {
        bool isRatchet = header.Flag is ChannelProfile.RatchetFlag or ChannelProfile.KeyExchangeRequestFlag or ChannelProfile.KeyExchangeResponseFlag;
        if (capturedAt is not { } captured || (isRatchet && header.Time == 0)) return;
        Int128 distance = (Int128)header.Time - captured.ToUnixTimeSeconds();
        if (Int128.Abs(distance) > Tolerance) problems.Add($"its time is {distance} s from the capture's: receivers accept {Tolerance} s");
    }

    private (string Kind, List<PacketField> Fields) Explain(PacketHeader header, ReadOnlySpan<byte> body, List<string> notes, List<string> problems)
    {
        string? name = Protocol is null ? WireProtocol.All.Select(protocol => protocol.NameOf(header.Flag)).FirstOrDefault(text => text is not null) : Protocol.NameOf(header.Flag);
        if (name is null)
        {
            problems.Add(string.Create(null, $"no packet of {Protocol?.Name ?? "these protocols"} has the flag 0x{header.Flag:x2}"));
            return ("unknown", []);
        }

        if (header.Flag == ChannelProfile.TerminateFlag)
        {
            problems.Add("nothing authenticates it, and no peer sends it");
            return (name, []);
        }

        if (IsError(header.Flag)) return ExplainError(name, header, body, notes, problems);
        if (Protocol is null) return (name, []);
        if (WireProtocol.SenderOf(header.Flag) is null) return (name, SplitSealed(header, body, problems));
        IReadOnlyList<(string Name, int Size)>? parts = BodyLayout.Of(Protocol, header.Flag, Suite);
        if (parts is null) return (name, []);
        int size = parts.Sum(part => part.Size);
        if (size != header.Length) problems.Add($"a body of {size} bytes is expected, not of {header.Length}");
        return (name, BodyLayout.Split(body, parts));
    }

    private bool IsError(byte flag) => Protocol is null ? WireProtocol.All.Any(protocol => protocol.Profile.ErrorFlag == flag) : flag == Protocol.Profile.ErrorFlag;

    private (string Kind, List<PacketField> Fields) ExplainError(string name, PacketHeader header, ReadOnlySpan<byte> body, List<string> notes, List<string> problems)
    {
        if (header.Sequence != ErrorSequence && header.Length != 1) return ("sealed goodbye or error", Protocol is null ? [] : SplitSealed(header, body, problems));
        if (header.Length != 1) problems.Add($"a body of 1 byte is expected, not of {header.Length}");
        if (body.IsEmpty) return (name, []);
        WireProtocol protocol = Protocol ?? WireProtocol.All.First(candidate => candidate.Profile.ErrorFlag == header.Flag);
        string text = protocol.Profile.DescribeCode(body[0]);
        notes.Add($"{text}; nothing authenticates it: anyone on the path could have sent it");
        return (name, [new PacketField("error code", PacketHeader.Size, 1, string.Create(null, $"0x{body[0]:x2}, {text}"))]);
    }

    private List<PacketField> SplitSealed(PacketHeader header, ReadOnlySpan<byte> body, List<string> problems)
    {
        int tag = Protocol!.TagSize;
        if (header.Length > ChannelProfile.MaxBodySize || header.Length <= tag)
        {
            problems.Add($"sealed packets have {tag + 1} to {ChannelProfile.MaxBodySize} bytes, not {header.Length}");
            return [];
        }

        int size = (int)header.Length - tag;
        if (SealedSizeOf(header.Flag) is { } fixedSize && fixedSize != size) problems.Add($"a body of {fixedSize + tag} bytes is expected, not of {header.Length}");
        return BodyLayout.Split(body, BodyLayout.Sealed(Protocol, size));
    }

    // (QSTP §9.1, §11.1; QSMP §1.12, §1.13, §3.5; docs/wire-extensions.md)
    private int? SealedSizeOf(byte flag) => flag switch
    {
        _ when flag == Protocol!.Profile.ErrorFlag => 1,
        ChannelProfile.RatchetFlag => ChannelProfile.RatchetTokenSize,
        ChannelProfile.KeepAliveFlag => ChannelProfile.KeepAliveSize,
        ChannelProfile.KeyExchangeRequestFlag when Suite is { } suite => suite.Signature.SignatureSize + Protocol!.HashSize + suite.Kem.PublicKeySize,
        ChannelProfile.KeyExchangeResponseFlag when Suite is { } suite => suite.Signature.SignatureSize + Protocol!.HashSize + suite.Kem.CiphertextSize,
        _ => null,
    };
}
