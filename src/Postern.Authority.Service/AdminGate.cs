using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Postern.Authority.Records;

namespace Postern.Authority.Service;

/// <summary>Lets in who shows the newest admin token, as <c>Authorization: Bearer</c>. Wrong ones are few a minute.</summary>
internal sealed class AdminGate(Authority authority, ServiceLimits limits) : IDisposable
{
    private const string Scheme = "Bearer ";

    private static readonly object ActorKey = new();

    private readonly AdminTokens _tokens = new(authority);
    private readonly PartitionedRateLimiter<HttpContext> _failures = Site.CreateAttemptLimiter(limits);

    /// <summary>Who the log names: an administrator who was let in.</summary>
    public static string ActorOf(HttpContext context) => (string)context.Items[ActorKey]!;

    /// <summary>Marks an endpoint as theirs.</summary>
    public static object Mark { get; } = new AdminOnly();

    /// <summary>Before anything of the call is read.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AdminOnly>() is not null)
        {
            TokenRecord record = await AdmitAsync(context).ConfigureAwait(false);
            context.Items[ActorKey] = record.Actor;
        }

        await next(context).ConfigureAwait(false);
    }

    public void Dispose() => _failures.Dispose();

    private async Task<TokenRecord> AdmitAsync(HttpContext http)
    {
        using (RateLimitLease open = _failures.AttemptAcquire(http, permitCount: 0))
        {
            if (!open.IsAcquired) throw new RefusedException(StatusCodes.Status429TooManyRequests, "Too many wrong tokens: wait a minute.");
        }

        string header = http.Request.Headers.Authorization.ToString();
        string? text = header.StartsWith(Scheme, StringComparison.Ordinal) ? header[Scheme.Length..] : null;
        if (await _tokens.VerifyAsync(text, http.RequestAborted).ConfigureAwait(false) is { } token) return token;
        using RateLimitLease counted = _failures.AttemptAcquire(http);
        throw new RefusedException(StatusCodes.Status401Unauthorized, "This is for administrators: show the admin token.");
    }

    private sealed class AdminOnly;
}
