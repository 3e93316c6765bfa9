using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Postern.AspNetCore.Kestrel;

namespace Postern.AspNetCore.Hosting;

/// <summary>The health of Kestrel's QSTP and QSMP endpoints.</summary>
public static class PosternHealthExtensions
{
    private static readonly TimeSpan DefaultWarning = TimeSpan.FromDays(14);

    /// <summary>
    /// Adds a check that is unhealthy if no endpoint listens or what an endpoint answers with has expired or is revoked, and degraded when its end is
    /// near. Of several identities the one that lasts longest counts.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="warnBefore">How long before the expiration it is degraded; 14 days if null.</param>
    public static IHealthChecksBuilder AddPostern(this IHealthChecksBuilder builder, string name = "postern", TimeSpan? warnBefore = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPosternKestrel();
        return builder.Add(new HealthCheckRegistration(
            name,
            services => new PosternHealthCheck(
                services.GetRequiredService<PosternEndpoints>(), services.GetService<TimeProvider>() ?? TimeProvider.System, warnBefore ?? DefaultWarning),
            failureStatus: null,
            tags: null));
    }
}
