using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>Knows the newest admin token. Wrong ones are few a minute.</summary>
internal sealed class AdminLogin(Authority authority, ServiceLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _failures = PartitionedRateLimiter.Create<HttpContext, IPAddress>(
        context => RateLimitPartition.GetFixedWindowLimiter(Site.NetworkOf(context), _ => Site.AttemptsOf(limits)));

    /// <summary>The newest admin token, or null if there is none.</summary>
    public static Task<TokenRecord?> NewestTokenAsync(Authority authority, CancellationToken cancellationToken) =>
        authority.ReadRowsAsync(rows => rows.ReadTokens().LastOrDefault(found => found.Kind == TokenKind.Admin), cancellationToken);

    /// <summary>The token's record, or null if it is not the newest or has expired.</summary>
    /// <exception cref="RefusedException">Too many were wrong.</exception>
    public async Task<TokenRecord?> TryAsync(HttpContext context, string? text)
    {
        // A place is taken before the look, and all tries of a minute count: many at once are not more than many in turn.
        using RateLimitLease attempt = _failures.AttemptAcquire(context);
        if (!attempt.IsAcquired) throw new RefusedException(StatusCodes.Status429TooManyRequests, "Too many logins: wait a minute.");
        EnrolmentToken? token = EnrolmentToken.Parse(text?.Trim());
        TokenRecord? newest = await NewestTokenAsync(authority, context.RequestAborted).ConfigureAwait(false);
        return token is not null && newest is not null && token.Id == newest.Id && token.Is(newest.Hash.Span) && authority.Now <= newest.ExpiresAt ? newest : null;
    }

    public void Dispose() => _failures.Dispose();
}
