using Postern.Authority.Enrolment;
using Postern.Authority.Records;

namespace Postern.Authority.Service;

/// <summary>The newest admin token, which alone counts, for calls and for pages.</summary>
internal sealed class AdminTokens(Authority authority)
{
    /// <summary>Its record, or null if there is none.</summary>
    public Task<TokenRecord?> FindNewestAsync(CancellationToken cancellationToken) =>
        authority.ReadRowsAsync(rows => rows.ReadTokens().LastOrDefault(found => found.Kind == TokenKind.Admin), cancellationToken);

    /// <summary>The record of the token that somebody shows, or null if that is not the newest, or it has expired.</summary>
    public async Task<TokenRecord?> VerifyAsync(string? text, CancellationToken cancellationToken)
    {
        EnrolmentToken? token = EnrolmentToken.Parse(text);
        TokenRecord? newest = await FindNewestAsync(cancellationToken).ConfigureAwait(false);
        bool isNewest = token is not null && newest is not null && token.Id == newest.Id && token.Is(newest.Hash.Span);
        return isNewest && authority.Now <= newest!.ExpiresAt ? newest : null;
    }
}
