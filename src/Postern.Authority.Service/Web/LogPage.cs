using Microsoft.AspNetCore.Http;
using Postern.Authority.Audit;

namespace Postern.Authority.Service.Web;

/// <summary>The audit log, fifty entries at a time, and what its verification finds.</summary>
internal sealed class LogPage(Authority authority)
{
    private const int PageSize = 50;

    // A damaged log has a finding for every entry.
    private const int MaxFindings = 200;

    public async Task ShowAsync(HttpContext context)
    {
        long before = CertificatesPage.NumberOf(context, "before") ?? long.MaxValue;
        IReadOnlyList<AuditEntry> entries = await authority.ReadRowsAsync(
            rows => rows.Pages.ListEntries(before, PageSize), context.RequestAborted).ConfigureAwait(false);
        await WebLayout.WriteAsync(context, "Audit log", html =>
        {
            html.OpenForm(context, "/log/verify", "line").Element("button", "Verify the whole log")
                .Element("span", "Takes a while where there is much; other calls wait for it.", ("class", "note")).Close()
                .OpenTable("The newest first", "Number", "When", "Who", "What", "Details");
            foreach (AuditEntry entry in entries) WriteEntry(html, entry);
            html.Close().Close().Open("nav", ("aria-label", "Pages"), ("class", "pages"));
            if (before != long.MaxValue) html.Element("a", "Newest", ("href", "/log"));
            if (entries.Count > 0 && entries[0].Number + PageSize is var next && before != long.MaxValue)
            {
                html.Element("a", "Newer", ("href", $"/log?before={next + 1}"), ("rel", "prev"));
            }

            if (entries.Count == PageSize && entries[^1].Number > 1) html.Element("a", "Older", ("href", $"/log?before={entries[^1].Number}"), ("rel", "next"));
            html.Close();
        }).ConfigureAwait(false);
    }

    public async Task VerifyAsync(HttpContext context)
    {
        AuditReport report = await authority.ReadAsync(inventory => inventory.Verify(), context.RequestAborted).ConfigureAwait(false);
        await WebLayout.WriteAsync(context, "Verification", html =>
        {
            bool isWhole = report.Findings.Count == 0;
            string result = isWhole
                ? "The log is whole: every entry follows from the one before, is signed by the root, and says what the inventory has."
                : $"{report.Findings.Count} things are wrong.";
            html.Element("p", result, ("class", isWhole ? "good" : "bad"), ("role", "status"));
            if (!isWhole)
            {
                html.Open("ul");
                foreach (string finding in report.Findings.Take(MaxFindings)) html.Element("li", finding);
                html.Close();
            }

            html.Open("dl").Fact("Entries", $"{report.Head.Number}").Fact("Certificates", $"{report.Certificates}")
                .Fact("Head", Convert.ToHexString(report.Head.Hash.Span)).Close()
                .Element("p", "Whoever can put an older copy in the inventory's place can put this log there as well: keep the head elsewhere.", ("class", "note"))
                .Open("p").Element("a", "Back to the log", ("href", "/log")).Close();
        }).ConfigureAwait(false);
    }

    private static void WriteEntry(Html html, AuditEntry entry)
    {
        html.Open("tr").Element("th", $"{entry.Number}", ("scope", "row"), ("data-column", "Number"))
            .Cell("When", WebLayout.Time(entry.Time)).Cell("Who", entry.Actor)
            .Open("td", ("data-column", "What")).Text($"{entry.Action} ").Element("code", entry.Subject).Close()
            .Open("td", ("data-column", "Details")).Open("details")
            .Element("summary", "Show", ("aria-label", $"Details of entry {entry.Number}"))
            .Element("pre", $"{entry.Details}hash: {Convert.ToHexString(entry.Hash.Span)}")
            .Close().Close().Close();
    }
}
