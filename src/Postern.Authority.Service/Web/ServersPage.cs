using Microsoft.AspNetCore.Http;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>Servers that were here lately. The inventory knows no more of a server than that.</summary>
internal sealed class ServersPage(Authority authority)
{
    private const int MaxRows = 200;

    private static readonly TimeSpan Lately = TimeSpan.FromDays(30);

    public async Task ShowAsync(HttpContext context)
    {
        CertificatePageQuery query = new()
        {
            Filter = CertificateFilter.Valid,
            Now = authority.Now,
            IssuedSince = authority.Now - Lately,
            Limit = MaxRows,
        };
        IReadOnlyList<CertificateRow> rows = await authority.ReadRowsAsync(reader => reader.Pages.List(query), context.RequestAborted).ConfigureAwait(false);
        await WebLayout.WriteAsync(context, "Servers", html =>
        {
            html.Element(
                "p",
                $"These got or renewed a certificate within {Lately.TotalDays:0} days, and it may be used now. Whether they run, the authority does not know: servers talk to it only when they need a certificate. A server with a long certificate can be well and not be here.");
            html.OpenTable($"The newest first, {MaxRows} at most", "Name", "Serial", "State", "Ends", "Issued");
            CertificatesPage.WriteRows(html, rows, query.Now);
            html.Close().Close();
            if (rows.Count == 0) html.Element("p", "There is none.");
        }).ConfigureAwait(false);
    }
}
