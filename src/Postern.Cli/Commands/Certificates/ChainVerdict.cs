using System.Globalization;
using System.Text.Json.Serialization;

namespace Postern.Cli.Commands.Certificates;

/// <summary>Whether a chain verifies, and why not. Its properties are the JSON form.</summary>
internal sealed record ChainVerdict
{
    public required bool IsValid { get; init; }

    public ChannelError? Error { get; init; }

    public string? Reason { get; init; }

    public required string Name { get; init; }

    public required string Serial { get; init; }

    public required string RootName { get; init; }

    public required string RootSerial { get; init; }

    /// <summary>The earlier end of the two validities.</summary>
    public required DateTimeOffset ValidTo { get; init; }

    [JsonIgnore]
    public string Line => IsValid
        ? $"valid until {ValidTo.ToString("u", CultureInfo.InvariantCulture)}, '{Name}' under '{RootName}'"
        : $"NOT VALID: {Reason}";
}
