using Microsoft.AspNetCore.Http;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service.Web;

/// <summary>How the root is, and what ends when.</summary>
internal sealed class OverviewPage(Authority authority)
{
    public async Task ShowAsync(HttpContext context)
    {
        DateTimeOffset now = authority.Now;
        (AuditHead head, CertificateCounts counts, long[] ends, long waiting) = await authority.ReadRowsAsync(
            rows => (rows.ReadHead(), rows.Pages.Count(now), rows.Pages.CountEnds(now, ExpiryPicture.Span, ExpiryPicture.Spans), rows.CountWaitingSubmissions()),
            context.RequestAborted).ConfigureAwait(false);
        await WebLayout.WriteAsync(context, "Overview", html =>
        {
            WriteRoot(html, now);
            WriteCertificates(html, counts, waiting);
            html.Open("section").Element("h2", "What ends when");
            ExpiryPicture.Write(html, now, ends);
            html.Close();
            WriteList(html, now);
            html.Open("section").Element("h2", "Audit log").Open("dl").Fact("Entries", $"{head.Number}")
                .Fact("Head", Convert.ToHexString(head.Hash.Span)).Close().Close();
        }).ConfigureAwait(false);
    }

    private static string Left(TimeSpan time) => time < TimeSpan.Zero ? "it is over" : time.TotalDays >= 2 ? $"{time.TotalDays:0} days left" : $"{time.TotalHours:0} hours left";

    private void WriteRoot(Html html, DateTimeOffset now)
    {
        RootCertificate root = authority.Root;
        html.Open("section").Element("h2", "Root").Open("dl")
            .Fact("Name", root.Issuer)
            .Fact("Serial", root.SerialNumber)
            .Fact("Fingerprint", root.Fingerprint)
            .Fact("Set", $"{root.Suite}")
            .Fact("Valid to", $"{WebLayout.Time(root.ValidTo)}, {Left(root.ValidTo - now)}")
            .Close();
        if (root.ValidTo - now < TimeSpan.FromDays(90)) html.Element("p", "The root ends soon: nothing that it signs is good for longer.", ("class", "bad"));
        html.Close();
    }

    private static void WriteCertificates(Html html, CertificateCounts counts, long waiting)
    {
        html.Open("section").Element("h2", "Certificates").Open("ul", ("class", "counts"));
        WriteCount(html, counts.Valid, "valid", "/certificates?state=valid");
        WriteCount(html, counts.Expiring, $"end within {CertificatePageQuery.Soon.TotalDays:0} days", "/certificates?state=expiring");
        WriteCount(html, counts.Expired, "expired", "/certificates?state=expired");
        WriteCount(html, counts.Revoked, "revoked", "/certificates?state=revoked");
        WriteCount(html, waiting, "requests wait", "/requests");
        html.Close().Close();
    }

    private static void WriteCount(Html html, long count, string what, string path) =>
        html.Open("li").Open("a", ("href", path)).Element("strong", $"{count}").Text($" {what}").Close().Close();

    private void WriteList(Html html, DateTimeOffset now)
    {
        html.Open("section").Element("h2", "Revocation list");
        if (authority.List is { } list)
        {
            html.Open("dl").Fact("Number", $"{list.Number}").Fact("Entries", $"{list.Count}")
                .Fact("Published", $"{WebLayout.Time(list.IssuedAt)}, {(now - list.IssuedAt).TotalMinutes:0} minutes ago")
                .Fact("Next update", $"{WebLayout.Time(list.NextUpdate)}, {Left(list.NextUpdate - now)}").Close();
        }
        else
        {
            html.Element("p", "None was published yet.", ("class", "bad"));
        }

        html.Close();
    }
}
