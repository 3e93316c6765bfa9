using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>What anyone may read, over plain HTTP: all of it is signed, or checked by a fingerprint that came another way.</summary>
internal sealed class PublicSite(Authority authority, AuthorityServiceOptions options)
{
    private const string Binary = "application/octet-stream";

    // A revocation must not wait in caches; with nobody to ask, a list is good until its next update.
    private static readonly TimeSpan LongestCache = TimeSpan.FromMinutes(5);

    private volatile Publication? _publication;

    public WebApplication Build(CallCounter calls)
    {
        WebApplication app = Site.Build(options, calls, host => host.ConfigureKestrel(kestrel => kestrel.Listen(options.PublicEndPoint, Site.LimitConnections)));
        app.MapGet("/root", Root);
        app.MapGet("/roots", RootsAsync);
        app.MapGet("/service", (HttpContext context) => Service(context));
        app.MapGet("/revocations", Revocations);
        app.MapGet("/health", HealthAsync);
        return app;
    }

    private static bool WantsText(HttpRequest request) =>
        request.GetTypedHeaders().Accept.FirstOrDefault()?.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) == true;

    private IResult Root(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        return WantsText(context.Request)
            ? Results.Text(CertificateText.Format(authority.Root, TimeZoneInfo.Utc), "text/plain", Encoding.ASCII)
            : Results.Bytes(authority.Root.ToBytes(), Binary, "root_public_cert.qrr");
    }

    private IResult Service(HttpContext context)
    {
        ServerCertificate certificate = options.Identities[0].Certificate;
        context.Response.Headers.Vary = "Accept";
        return WantsText(context.Request)
            ? Results.Text(CertificateText.Format(certificate, TimeZoneInfo.Utc), "text/plain", Encoding.ASCII)
            : Results.Bytes(certificate.ToBytes(), Binary, "rds_public_cert.qrc");
    }

    private async Task<IResult> RootsAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = authority.Now;
        RootRecord[] records = await authority.ReadRowsAsync(rows => rows.ReadRoots().ToArray(), cancellationToken).ConfigureAwait(false);
        return Results.Json(records.Select(record => record.Parse()).Where(root => root.ValidFrom <= now && now <= root.ValidTo).Select(root => new
        {
            Serial = root.SerialNumber,
            Name = root.Issuer,
            root.Fingerprint,
            root.ValidFrom,
            root.ValidTo,
            Certificate = root.ToBytes(),
        }));
    }

    private IResult Revocations(HttpContext context)
    {
        if (authority.List is not { } list) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        TimeSpan rest = list.NextUpdate - authority.Now;
        long fresh = (long)Math.Max(0, Min(rest, Min(options.PublishEvery, LongestCache)).TotalSeconds);
        long useful = (long)Math.Max(0, rest.TotalSeconds);
        Publication publication = PublicationOf(list);
        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={fresh}, stale-if-error={useful}");
        context.Response.Headers.ETag = publication.Tag;
        return context.Request.Headers.IfNoneMatch.Contains(publication.Tag, StringComparer.Ordinal)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Stream(new MemoryStream(publication.Data, writable: false), Binary);
    }

    // A list may have 25 MB, and who reads it slowly holds a piece of it, not a copy.
    private Publication PublicationOf(RevocationList list)
    {
        if (_publication is { } known && known.List == list) return known;
        byte[] data = list.ToBytes();
        return _publication = new Publication(list, data, $"\"{RecordText.Digest(data)}\"");
    }

    private async Task<IResult> HealthAsync(CancellationToken cancellationToken)
    {
        bool isWhole = await authority.ReadAsync(IsWhole, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = authority.Now;
        bool isFresh = authority.List?.NextUpdate > now;
        bool isValid = now <= authority.Root.ValidTo;
        return Results.Json(
            new
            {
                Status = isWhole && isFresh && isValid ? "healthy" : "unhealthy",
                Inventory = isWhole ? "open, log head verified" : "not as it should be",
                Revocations = new { authority.List?.Number, authority.List?.NextUpdate, IsFresh = isFresh },
                Root = new { authority.Root.ValidTo, IsValid = isValid },
            },
            statusCode: isWhole && isFresh && isValid ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static bool IsWhole(Inventory inventory)
    {
        try
        {
            inventory.CheckHead();
            return true;
        }
        catch (InventoryException)
        {
            return false;
        }
    }

    private sealed record Publication(RevocationList List, byte[] Data, string Tag);

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
