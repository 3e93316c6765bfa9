using Postern.Authority.Audit;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Storage;

namespace Postern.Authority.Service;

/// <summary>The newest admin token, which alone counts, for calls and for pages.</summary>
internal sealed class AdminTokens(Authority authority)
{
    /// <summary>Its record, or null if there is none.</summary>
    /// <exception cref="InventoryException">The log does not have it.</exception>
    public Task<TokenRecord?> FindNewestAsync(CancellationToken cancellationToken) => authority.ReadAsync(FindNewest, cancellationToken);

    /// <summary>The record of the token that somebody shows, or null if that is not the newest, or it has expired.</summary>
    public async Task<TokenRecord?> VerifyAsync(string? text, CancellationToken cancellationToken)
    {
        EnrolmentToken? token = EnrolmentToken.Parse(text);
        TokenRecord? newest = await FindNewestAsync(cancellationToken).ConfigureAwait(false);
        bool isNewest = token is not null && newest is not null && token.Id == newest.Id && token.Is(newest.Hash.Span);
        return isNewest && authority.Now <= newest!.ExpiresAt ? newest : null;
    }

    private static TokenRecord? FindNewest(Inventory inventory)
    {
        using IInventoryTransaction transaction = inventory.BeginRead();
        TokenRecord? newest = transaction.ReadTokens().LastOrDefault(found => found.Kind == TokenKind.Admin);
        if (newest is not null) inventory.Witness(transaction).Expect(AuditClaim.Of(newest));
        return newest;
    }
}
