using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.AspNetCore;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;

namespace Postern.Authority.Service;

/// <summary>What is done inside a tunnel to the service: enrolment and renewal for anyone who has what it takes, the rest for administrators.</summary>
internal sealed class PrivateSite(Authority authority, AuthorityServiceOptions options) : IDisposable
{
    /// <summary>The header of an enrolment's token.</summary>
    public const string TokenHeader = "Postern-Token";

    private const string Binary = "application/octet-stream";

    private readonly ILogger _logger = options.LoggerFactory.CreateLogger("Postern.Authority");
    private readonly AdminGate _gate = new(authority, options.Limits);

    public WebApplication Build(CallCounter calls)
    {
        WebApplication app = Site.Build(
            options, calls, host => host.UsePostern().ConfigureKestrel(kestrel => kestrel.ListenQstp(options.EndPoint, options.Tunnels)));
        app.MapPost("/enroll", (Delegate)EnrolAsync).RequireRateLimiting(Site.Attempts);
        app.MapPost("/renew", (Delegate)RenewAsync).RequireRateLimiting(Site.Attempts);
        app.MapPost("/requests", (Delegate)SubmitAsync).RequireRateLimiting(Site.Attempts);
        app.MapGet("/requests/{id}", (Delegate)FollowAsync);
        app.Use(_gate.InvokeAsync);
        new Administration(authority, calls, _logger).Map(app.MapGroup(string.Empty).WithMetadata(AdminGate.Mark));
        return app;
    }

    public void Dispose() => _gate.Dispose();

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        return body.ToArray();
    }

    private async Task<IResult> EnrolAsync(HttpContext context)
    {
        EnrolmentToken token = EnrolmentToken.Parse(context.Request.Headers[TokenHeader])
            ?? throw new RefusedException(StatusCodes.Status401Unauthorized, $"A token is needed, in the header {TokenHeader}.");
        SignedRequest request = SignedRequest.Parse(await ReadBodyAsync(context).ConfigureAwait(false));
        return Issued(context, await authority.ChangeAsync(null, desk => desk.Enrol(token, request), context.RequestAborted).ConfigureAwait(false));
    }

    private async Task<IResult> RenewAsync(HttpContext context)
    {
        RenewalRequest renewal = RenewalRequest.Parse(await ReadBodyAsync(context).ConfigureAwait(false));
        return Issued(context, await authority.ChangeAsync(null, desk => desk.Renew(renewal), context.RequestAborted).ConfigureAwait(false));
    }

    private async Task<IResult> SubmitAsync(HttpContext context)
    {
        SignedRequest request = SignedRequest.Parse(await ReadBodyAsync(context).ConfigureAwait(false));
        string origin = $"{context.Connection.RemoteIpAddress ?? IPAddress.None}";
        SubmissionRecord record = await authority.ChangeAsync(null, desk => desk.Submit(request, origin), context.RequestAborted).ConfigureAwait(false);
        _logger.Done(ErrorAnswers.PathOf(context), origin, $"{record.Serial} ('{record.Name}') waits");
        return Results.Json(new { record.Id, State = SubmissionRecord.TextOf(record.State) }, statusCode: StatusCodes.Status202Accepted);
    }

    // Who knows the identity, 128 random bits, handed it in.
    private async Task<IResult> FollowAsync(string id, CancellationToken cancellationToken)
    {
        (SubmissionRecord? record, CertificateRecord? certificate) = await authority.ReadRowsAsync(
            rows =>
            {
                SubmissionRecord? found = rows.FindSubmission(id);
                return (found, found?.State == SubmissionState.Approved ? rows.FindCertificate(found.Serial) : null);
            },
            cancellationToken).ConfigureAwait(false);
        if (record is null) throw new RefusedException(StatusCodes.Status404NotFound, "There is no such request.");
        return Results.Json(new { record.Id, State = SubmissionRecord.TextOf(record.State), Certificate = certificate?.Certificate });
    }

    private IResult Issued(HttpContext context, CertificateRecord certificate)
    {
        _logger.Done(ErrorAnswers.PathOf(context), certificate.IssuedBy, $"{certificate.Serial} ('{certificate.Name}') until {certificate.ValidTo:u}");
        return Results.Bytes(certificate.Certificate.ToArray(), Binary);
    }
}
