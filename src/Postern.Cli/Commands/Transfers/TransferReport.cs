using Postern.Tunneling;

namespace Postern.Cli.Commands.Transfers;

/// <summary>A file that went through. Its properties are the JSON form.</summary>
internal sealed record TransferReport
{
    public required string Name { get; init; }

    /// <summary>Where it was put; the sender does not know.</summary>
    public string? Path { get; init; }

    public required long Bytes { get; init; }

    public required double Seconds { get; init; }

    public required long ResumedFrom { get; init; }

    public required string Sha256 { get; init; }

    public required PeerIdentity? Peer { get; init; }

    public static TransferReport Of(TransferResult result, TimeSpan time, PeerIdentity? peer) => new()
    {
        Name = result.Name,
        Path = result.Path,
        Bytes = result.Size,
        Seconds = Math.Round(time.TotalSeconds, 3),
        ResumedFrom = result.ResumedFrom,
        Sha256 = result.Sha256,
        Peer = peer,
    };

    /// <summary>For people: what came through, how fast, from where.</summary>
    public string Line(string verb)
    {
        if (Bytes > 0 && ResumedFrom == Bytes) return $"{verb} {Name}: its {SizeText.Of(Bytes)} were there already. SHA-256 {Sha256}";
        string resumed = ResumedFrom > 0 ? $", resumed from {SizeText.Of(ResumedFrom)}" : string.Empty;
        return $"{verb} {Name}: {SizeText.Of(Bytes)} in {Seconds:0.0} s{resumed}. SHA-256 {Sha256}";
    }
}
