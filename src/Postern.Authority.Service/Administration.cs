using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Postern.Authority.Audit;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>The calls of administrators.</summary>
internal sealed class Administration(Authority authority, CallCounter calls, ILogger logger)
{
    private const int MaxEntries = 1000;
    private const int MaxUses = 10_000;

    private static readonly TimeSpan MaxTokenLifetime = TimeSpan.FromDays(365);

    public void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/certificates", (Delegate)ListAsync);
        routes.MapGet("/audit", (Delegate)ReadLogAsync);
        routes.MapGet("/requests", (Delegate)ListRequestsAsync);
        routes.MapGet("/tokens", (Delegate)ListTokensAsync);
        routes.MapPost("/tokens", (Delegate)CreateTokenAsync);
        routes.MapPost("/revoke", (Delegate)RevokeAsync);
        routes.MapPost("/requests/{id}/approve", (Delegate)ApproveAsync);
        routes.MapPost("/requests/{id}/refuse", (Delegate)RefuseAsync);
    }

    private static RefusedException Bad(string message) => new(StatusCodes.Status400BadRequest, message);

    private void CountRead(HttpContext context) => calls.Count($"read {ErrorAnswers.NameOf(context)} by {AdminGate.ActorOf(context)}");

    private async Task<IResult> ListAsync(HttpContext context, string? text, bool? all)
    {
        CountRead(context);
        CertificateQuery query = new() { Text = text, WithReplaced = all == true };
        DateTimeOffset now = authority.Now;
        IReadOnlyList<CertificateSummary> found = await authority.ReadAsync(inventory => inventory.List(query), context.RequestAborted).ConfigureAwait(false);
        return Results.Json(found.Select(certificate => new
        {
            certificate.Serial,
            certificate.Generation,
            certificate.Name,
            certificate.SuiteId,
            certificate.ValidFrom,
            certificate.ValidTo,
            certificate.IssuedAt,
            certificate.IssuedBy,
            State = certificate.StateAt(now),
            certificate.RevokedAt,
            Reason = certificate.Reason is { } reason ? RecordText.Of(reason) : null,
        }));
    }

    private async Task<IResult> ReadLogAsync(HttpContext context, long? after)
    {
        CountRead(context);
        AuditEntry[] entries = await authority.ReadRowsAsync(
            rows => rows.ReadEntries().Where(entry => entry.Number > (after ?? 0)).Take(MaxEntries).ToArray(), context.RequestAborted).ConfigureAwait(false);
        return Results.Json(entries.Select(entry => new
        {
            entry.Number,
            entry.Time,
            entry.Actor,
            entry.Action,
            entry.Subject,
            entry.Details,
            Hash = Convert.ToHexString(entry.Hash.Span),
        }));
    }

    private async Task<IResult> ListRequestsAsync(HttpContext context)
    {
        CountRead(context);
        SubmissionRecord[] found = await authority.ReadRowsAsync(rows => rows.ReadSubmissions().ToArray(), context.RequestAborted).ConfigureAwait(false);
        return Results.Json(found.Select(request => new
        {
            request.Id,
            request.Serial,
            request.Name,
            request.Origin,
            request.SubmittedAt,
            State = SubmissionRecord.TextOf(request.State),
            request.DecidedBy,
            request.DecidedAt,
        }));
    }

    private async Task<IResult> ListTokensAsync(HttpContext context)
    {
        CountRead(context);
        (TokenRecord Token, long Used)[] found = await authority.ReadRowsAsync(
            rows => rows.ReadTokens().ToArray().Select(token => (token, rows.CountIssuedBy(token.Actor))).ToArray(), context.RequestAborted).ConfigureAwait(false);
        return Results.Json(found.Select(row => new
        {
            row.Token.Id,
            Kind = TokenRecord.TextOf(row.Token.Kind),
            Name = row.Token.Pattern,
            row.Token.Days,
            row.Token.Uses,
            row.Used,
            row.Token.ExpiresAt,
            row.Token.CreatedBy,
        }));
    }

    private async Task<IResult> CreateTokenAsync(HttpContext context, TokenCall call)
    {
        TimeSpan lifetime = call.ExpiresIn is >= 1 and <= 31_536_000 and { } seconds ? TimeSpan.FromSeconds(seconds) : throw Bad($"expiresIn is 1 to {MaxTokenLifetime.TotalSeconds:0} seconds.");
        if (call.Name is not { Length: >= 1 and <= 64 } pattern || pattern.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw Bad("name is 1 to 64 printable ASCII characters; * is any text.");
        if (call.Days is < 1 or > ServerKey.MaxValidityDays) throw Bad($"days is 1 to {ServerKey.MaxValidityDays}.");
        if (call.Uses is < 1 or > MaxUses) throw Bad($"uses is 1 to {MaxUses}.");
        string actor = AdminGate.ActorOf(context);
        (EnrolmentToken token, TokenRecord record) = await authority.ChangeAsync(
            actor, desk => desk.CreateToken(TokenKind.Enrol, pattern, lifetime, call.Days, call.Uses ?? 1), context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, $"token {record.Id} for '{record.Pattern}'");
        return Results.Json(new { record.Id, Token = token.Text, Name = record.Pattern, record.Days, record.Uses, record.ExpiresAt });
    }

    private async Task<IResult> RevokeAsync(HttpContext context, RevokeCall call)
    {
        if (call.Serial is not { Length: 32 } serial) throw Bad("serial is 32 hexadecimal digits.");
        RevocationReason reason = RecordText.ParseReason(call.Reason ?? string.Empty) ?? throw Bad($"reason is one of {string.Join(", ", RecordText.Reasons)}.");
        string actor = AdminGate.ActorOf(context);
        IReadOnlyList<RevocationRecord> revoked =
            await authority.RevokeAsync(actor, serial.ToUpperInvariant(), reason, context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, string.Join(", ", revoked.Select(record => record.Serial)));
        return Results.Json(new { Revoked = revoked.Select(record => record.Serial), List = authority.List?.Number });
    }

    private async Task<IResult> ApproveAsync(HttpContext context, string id, int? days)
    {
        if (days is < 1 or > ServerKey.MaxValidityDays) throw Bad($"days is 1 to {ServerKey.MaxValidityDays}.");
        string actor = AdminGate.ActorOf(context);
        TimeSpan? validity = days is { } count ? TimeSpan.FromDays(count) : null;
        CertificateRecord record = await authority.ChangeAsync(actor, desk => desk.Approve(id, validity), context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, record.Serial);
        return Results.Json(new { Id = id, record.Serial, record.Name, record.ValidTo });
    }

    private async Task<IResult> RefuseAsync(HttpContext context, string id)
    {
        string actor = AdminGate.ActorOf(context);
        SubmissionRecord record = await authority.ChangeAsync(actor, desk => desk.Refuse(id), context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, record.Serial);
        return Results.Json(new { record.Id, record.Serial, State = SubmissionRecord.TextOf(record.State) });
    }
}
