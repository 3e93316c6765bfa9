namespace Postern.Cli.Demo;

/// <summary>The file's way through the tunnel.</summary>
internal sealed record DemoTransfer
{
    public required long Bytes { get; init; }

    public required string ExpectedDigest { get; init; }

    public required string Digest { get; init; }

    /// <summary>Best of five, TCP connect included.</summary>
    public required TimeSpan Handshake { get; init; }

    public required TimeSpan Time { get; init; }

    public required long Ratchets { get; init; }

    public required IReadOnlyList<WirePacket> Packets { get; init; }

    public required int CapturedBytes { get; init; }

    public required bool PlaintextSeen { get; init; }

    public bool Succeeded => Digest == ExpectedDigest && Ratchets > 0 && !PlaintextSeen;
}
