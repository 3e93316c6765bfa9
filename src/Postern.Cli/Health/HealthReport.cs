using System.Text.Json.Serialization;
using Postern.Cli.Daemons;

namespace Postern.Cli.Health;

/// <summary>Whether a daemon does its work. Its properties are the JSON form.</summary>
internal sealed record HealthReport
{
    /// <summary>"ok" or "failing".</summary>
    public string Status => IsHealthy ? "ok" : "failing";

    /// <summary>It accepts connections.</summary>
    public required bool Listening { get; init; }

    /// <summary>It has a key and a certificate that can be used today.</summary>
    public required bool Identities { get; init; }

    /// <summary>Its revocation lists are there, and not past their next update; true if it goes by none.</summary>
    public required bool Revocation { get; init; }

    /// <summary>The tunnel that all connections share is up; not there where each has its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Tunnel { get; init; }

    /// <summary>It is about to end.</summary>
    public required bool Draining { get; init; }

    internal bool IsHealthy => Listening && Identities && Revocation && Tunnel != false && !Draining;

    public static HealthReport Of(DaemonService service, bool isDraining) => new()
    {
        Listening = service.IsListening(),
        Identities = service.IsUsable(),
        Revocation = !service.Revocation().Any(monitor => monitor.GetStatus().IsStale),
        Tunnel = service.IsConnected?.Invoke(),
        Draining = isDraining,
    };
}
