using System.Globalization;
using Microsoft.AspNetCore.Http;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>Certificates, fifty at a time.</summary>
internal sealed class CertificatesPage(Authority authority)
{
    private const int PageSize = 50;
    private const int MaxText = 64;

    private static readonly (CertificateFilter Filter, string Value, string Name)[] Filters =
    [
        (CertificateFilter.Newest, "all", "all but replaced"),
        (CertificateFilter.Valid, "valid", "valid"),
        (CertificateFilter.Expiring, "expiring", "expiring within 30 days"),
        (CertificateFilter.Expired, "expired", "expired"),
        (CertificateFilter.Revoked, "revoked", "revoked"),
        (CertificateFilter.Replaced, "replaced", "replaced"),
    ];

    /// <summary>A number of the address, or null.</summary>
    public static long? NumberOf(HttpContext context, string name) =>
        long.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>The rows of a table of certificates.</summary>
    public static void WriteRows(Html html, IEnumerable<CertificateRow> rows, DateTimeOffset now)
    {
        foreach (CertificateRow row in rows)
        {
            CertificateSummary certificate = row.Certificate;
            string state = certificate.StateAt(now);
            html.Open("tr")
                .Open("th", ("scope", "row"), ("data-column", "Name")).Element("a", NameOf(certificate), ("href", $"/certificates/{certificate.Serial}")).Close()
                .Open("td", ("data-column", "Serial")).Element("code", certificate.Serial).Close()
                .Open("td", ("data-column", "State")).Element("span", state, ("class", $"state {ClassOf(state)}")).Close()
                .Cell("Ends", WebLayout.Day(certificate.ValidTo))
                .Cell("Issued", $"{WebLayout.Day(certificate.IssuedAt)} by {certificate.IssuedBy}")
                .Close();
        }
    }

    /// <summary>How a state is shown.</summary>
    public static string ClassOf(string state) => state switch
    {
        "valid" => "good",
        "revoked" => "bad",
        _ => "past",
    };

    public async Task ShowAsync(HttpContext context)
    {
        string text = context.Request.Query["q"].ToString().Trim();
        if (text.Length > MaxText) text = text[..MaxText];
        (CertificateFilter filter, string state, _) = Filters.FirstOrDefault(known => known.Value == context.Request.Query["state"], Filters[0]);
        CertificatePageQuery query = new()
        {
            Text = text.Length == 0 ? null : text,
            Filter = filter,
            Now = authority.Now,
            Before = NumberOf(context, "before") ?? long.MaxValue,
            After = NumberOf(context, "after"),
            // One more tells whether there is another page.
            Limit = PageSize + 1,
        };
        IReadOnlyList<CertificateRow> found = await authority.ReadRowsAsync(rows => rows.Pages.List(query), context.RequestAborted).ConfigureAwait(false);
        bool hasMore = found.Count > PageSize;
        CertificateRow[] page = [.. query.After is null ? found.Take(PageSize) : found.TakeLast(PageSize)];
        await WebLayout.WriteAsync(context, "Certificates", html =>
        {
            WriteSearch(html, text, state);
            html.OpenTable($"The newest first{(text.Length == 0 ? "" : $", with '{text}' in the name or the serial")}", "Name", "Serial", "State", "Ends", "Issued");
            WriteRows(html, page, query.Now);
            html.Close().Close();
            if (page.Length == 0) html.Element("p", "There is none here.");
            WriteLinks(html, page, query, hasMore, $"/certificates?state={state}&q={Uri.EscapeDataString(text)}");
        }).ConfigureAwait(false);
    }

    private static string NameOf(CertificateSummary certificate) => certificate.Name.Length == 0 ? "(no name)" : certificate.Name;

    private static void WriteSearch(Html html, string text, string state)
    {
        html.Open("form", ("method", "get"), ("action", "/certificates"), ("role", "search"), ("class", "line"))
            .Element("label", "Name or serial", ("for", "q"))
            .Void("input", ("type", "search"), ("id", "q"), ("name", "q"), ("value", text), ("maxlength", $"{MaxText}"))
            .Element("label", "State", ("for", "state"))
            .Open("select", ("id", "state"), ("name", "state"));
        foreach ((_, string value, string name) in Filters) html.Element("option", name, ("value", value), ("selected", value == state ? "" : null));
        html.Close().Element("button", "Search").Close();
    }

    private static void WriteLinks(Html html, CertificateRow[] page, CertificatePageQuery query, bool hasMore, string path)
    {
        html.Open("nav", ("aria-label", "Pages"), ("class", "pages"));
        bool hasNewer = query.After is null ? query.Before != long.MaxValue : hasMore;
        bool hasOlder = query.After is not null || hasMore;
        if (hasNewer) html.Element("a", "Newest", ("href", path));
        if (hasNewer && page.Length > 0) html.Element("a", "Newer", ("href", $"{path}&after={page[0].Entry}"), ("rel", "prev"));
        if (hasOlder && page.Length > 0) html.Element("a", "Older", ("href", $"{path}&before={page[^1].Entry}"), ("rel", "next"));
        html.Close();
    }
}
