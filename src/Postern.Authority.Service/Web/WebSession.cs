namespace Postern.Authority.Service.Web;

/// <summary>An administrator who is logged in.</summary>
/// <param name="TokenId">The admin token that was shown.</param>
/// <param name="Actor">Who the log names.</param>
/// <param name="FormToken">What every form of this session has in it.</param>
/// <param name="EndsAt">After that it is over, whatever was done meanwhile.</param>
internal sealed record WebSession(string TokenId, string Actor, string FormToken, DateTimeOffset EndsAt);
