using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service.Web;

/// <summary>Requests without a token: those that wait, with a yes and a no, and those that were decided last.</summary>
internal sealed class RequestsPage(Authority authority, ILogger logger)
{
    private const int Decided = 50;

    public async Task ShowAsync(HttpContext context)
    {
        (IReadOnlyList<SubmissionRecord> waiting, IReadOnlyList<SubmissionRecord> decided) = await authority.ReadRowsAsync(
            rows => (rows.Pages.ListWaiting(), rows.Pages.ListDecided(Decided)), context.RequestAborted).ConfigureAwait(false);
        await WebLayout.WriteAsync(context, "Requests", html =>
        {
            html.Element("p", "Whoever sent a request holds its key; nothing proves that the name is theirs. Ask them for the serial before you approve.");
            if (waiting.Count == 0) html.Element("p", "No request waits.");
            foreach (SubmissionRecord request in waiting) WriteWaiting(html, context, request);
            WriteDecided(html, decided);
        }).ConfigureAwait(false);
    }

    public async Task ApproveAsync(HttpContext context)
    {
        string actor = WebGate.SessionOf(context).Actor;
        TimeSpan? validity = await ReadValidityAsync(context).ConfigureAwait(false);
        CertificateRecord record = await authority.ChangeAsync(actor, desk => desk.Approve(IdOf(context), validity), context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, record.Serial);
        WebGate.SeeOther(context, $"/certificates/{record.Serial}");
    }

    public async Task RefuseAsync(HttpContext context)
    {
        string actor = WebGate.SessionOf(context).Actor;
        SubmissionRecord record = await authority.ChangeAsync(actor, desk => desk.Refuse(IdOf(context)), context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, record.Serial);
        WebGate.SeeOther(context, "/requests");
    }

    private static string IdOf(HttpContext context) => (string)context.GetRouteValue("id")!;

    private static async Task<TimeSpan?> ReadValidityAsync(HttpContext context)
    {
        string? text = await WebGate.ReadFieldAsync(context, "days").ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days is >= 1 and <= ServerKey.MaxValidityDays
            ? TimeSpan.FromDays(days)
            : throw new RefusedException(StatusCodes.Status400BadRequest, $"Nothing was issued: days are 1 to {ServerKey.MaxValidityDays}.");
    }

    private static void WriteWaiting(Html html, HttpContext context, SubmissionRecord request)
    {
        string days = $"days-{request.Id}";
        html.Open("section", ("class", "card"), ("aria-labelledby", request.Id)).Element("h2", request.Name, ("id", request.Id))
            .Open("dl").Fact("Serial", request.Serial).Fact("From", request.Origin).Fact("Sent", WebLayout.Time(request.SubmittedAt)).Close()
            .OpenForm(context, $"/requests/{request.Id}/approve", "line")
            .Element("label", "Days (empty: as requested)", ("for", days))
            .Void("input", ("type", "number"), ("id", days), ("name", "days"), ("min", "1"), ("max", $"{ServerKey.MaxValidityDays}"))
            .Element("button", "Approve", ("aria-label", $"Approve {request.Name}")).Close()
            .OpenForm(context, $"/requests/{request.Id}/refuse", "line")
            .Element("button", "Refuse", ("class", "danger"), ("aria-label", $"Refuse {request.Name}")).Close()
            .Close();
    }

    private static void WriteDecided(Html html, IReadOnlyList<SubmissionRecord> decided)
    {
        if (decided.Count == 0) return;
        html.Element("h2", "Decided").OpenTable($"The last {Decided}", "Name", "Serial", "From", "Decision");
        foreach (SubmissionRecord request in decided)
        {
            html.Open("tr").Element("th", request.Name, ("scope", "row"), ("data-column", "Name"))
                .Cell("Serial", request.Serial).Cell("From", request.Origin)
                .Cell("Decision", $"{SubmissionRecord.TextOf(request.State)} by {request.DecidedBy}, {WebLayout.Time(request.DecidedAt ?? request.SubmittedAt)}")
                .Close();
        }

        html.Close().Close();
    }
}
