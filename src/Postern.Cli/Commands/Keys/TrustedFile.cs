using System.Text.Json.Serialization;
using Postern.Cli.Files;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Keys;

/// <summary>A file of a trust folder. Its properties are the JSON form.</summary>
internal sealed record TrustedFile
{
    public required string Path { get; init; }

    /// <summary>What the key is; null if the file is broken.</summary>
    public FileReport? Report { get; init; }

    /// <summary>Why the file is not used.</summary>
    public string? Problem { get; init; }

    [JsonIgnore]
    public QsmpPublicKey? Key { get; init; }
}
