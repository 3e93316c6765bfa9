namespace Postern.Tunneling;

/// <summary>A file that went through, its digest verified.</summary>
public sealed record TransferResult
{
    /// <summary>The name that it was offered under.</summary>
    public required string Name { get; init; }

    /// <summary>Where the receiver has put it; null on the sender's side.</summary>
    public string? Path { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes that the receiver had already; its size if nothing had to be sent.</summary>
    public required long ResumedFrom { get; init; }
}
