using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Postern.AspNetCore.Kestrel;

namespace Postern.AspNetCore.Hosting;

/// <summary>Whether endpoints listen, whether what they answer with is revoked, and for how long it is valid.</summary>
internal sealed class PosternHealthCheck(PosternEndpoints endpoints, TimeProvider clock, TimeSpan warnBefore) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (string Name, EndpointProtocol Protocol)[] listening = [.. endpoints.Listening];
        if (listening.Length == 0) return Task.FromResult(HealthCheckResult.Unhealthy("No endpoint listens."));
        Dictionary<string, object> data = new(StringComparer.Ordinal);
        foreach ((string endpoint, EndpointProtocol answers) in listening) data[endpoint] = answers.Expiration;
        string? refused = listening.Select(endpoint => endpoint.Protocol.Refusal is { } refusal ? $"{endpoint.Name}: {refusal}" : null).FirstOrDefault(refusal => refusal is not null);
        if (refused is not null) return Task.FromResult(HealthCheckResult.Unhealthy(refused, data: data));
        (string name, EndpointProtocol protocol) = listening.MinBy(endpoint => endpoint.Protocol.Expiration);
        DateTimeOffset now = clock.GetUtcNow();
        string text = string.Create(CultureInfo.InvariantCulture, $"{name} is valid to {protocol.Expiration:u}.");
        return Task.FromResult(protocol.Expiration < now ? HealthCheckResult.Unhealthy(text, data: data)
            : protocol.Expiration < now + warnBefore ? HealthCheckResult.Degraded(text, data: data)
            : HealthCheckResult.Healthy(text, data));
    }
}
