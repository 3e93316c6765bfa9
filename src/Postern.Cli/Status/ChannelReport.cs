namespace Postern.Cli.Status;

/// <summary>One live channel. Its properties are the JSON form.</summary>
internal sealed record ChannelReport
{
    /// <summary>The connection's number, which its log lines have, too.</summary>
    public required long Id { get; init; }

    public string? Remote { get; init; }

    /// <summary>The peer's key identity or serial, which a QSMP peer chose itself.</summary>
    public string? Peer { get; init; }

    public string? PeerFingerprint { get; init; }

    /// <summary>The serial of the certificate that this QSTP server answered with.</summary>
    public string? As { get; init; }

    public required string Suite { get; init; }

    /// <summary>The form of the cipher.</summary>
    public required ChannelCipher Cipher { get; init; }

    public required DateTimeOffset Established { get; init; }

    public required double IdleSeconds { get; init; }

    public required long BytesSent { get; init; }

    public required long BytesReceived { get; init; }

    public required long Epoch { get; init; }

    public required long Ratchets { get; init; }

    public required DateTimeOffset KeySince { get; init; }

    public required long BytesSentUnderKey { get; init; }

    public required long PacketsSentUnderKey { get; init; }

    public double? PeerClockOffsetSeconds { get; init; }

    public static ChannelReport Of(ChannelStatus status) => new()
    {
        Id = status.ConnectionId,
        Remote = status.RemoteEndPoint?.ToString(),
        Peer = status.PeerIdentity?.Name,
        PeerFingerprint = status.PeerIdentity?.Fingerprint,
        As = status.LocalName,
        Suite = status.Suite.Name,
        Cipher = status.Cipher,
        Established = status.Established,
        IdleSeconds = status.IdleTime.TotalSeconds,
        BytesSent = status.BytesSent,
        BytesReceived = status.BytesReceived,
        Epoch = status.Epoch,
        Ratchets = status.Ratchets,
        KeySince = status.KeySince,
        BytesSentUnderKey = status.BytesSentUnderKey,
        PacketsSentUnderKey = status.PacketsSentUnderKey,
        PeerClockOffsetSeconds = status.PeerClockOffset?.TotalSeconds,
    };
}
