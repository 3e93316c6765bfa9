using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>Logins by the admin token, few a minute.</summary>
internal sealed class AdminLogin(AdminTokens tokens, ServiceLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _attempts = Site.CreateAttemptLimiter(limits);

    /// <summary>The token's record, or null if it is not the newest or has expired.</summary>
    /// <exception cref="RefusedException">There were too many.</exception>
    public async Task<TokenRecord?> TryAsync(HttpContext context, string? text)
    {
        // A place is taken before the look, and all tries of a minute count: many at once are not more than many in turn.
        using RateLimitLease attempt = _attempts.AttemptAcquire(context);
        if (!attempt.IsAcquired) throw new RefusedException(StatusCodes.Status429TooManyRequests, "Too many logins: wait a minute.");
        return await tokens.VerifyAsync(text?.Trim(), context.RequestAborted).ConfigureAwait(false);
    }

    public void Dispose() => _attempts.Dispose();
}
