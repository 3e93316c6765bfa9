using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service.Web;

/// <summary>One serial: its certificates, what became of them, and the form that revokes it.</summary>
internal sealed class CertificatePage(Authority authority, ILogger logger)
{
    /// <summary>Digits of the serial that are typed to confirm.</summary>
    public const int ConfirmationLength = 8;

    public async Task ShowAsync(HttpContext context)
    {
        string serial = SerialOf(context);
        (IReadOnlyList<CertificateRow> generations, RequestRecord? request, RevocationRecord? revocation) = await authority.ReadRowsAsync(
            rows => (rows.Pages.ListGenerations(serial), rows.FindRequest(serial), rows.FindRevocation(serial)), context.RequestAborted).ConfigureAwait(false);
        if (generations.Count == 0) throw new RefusedException(StatusCodes.Status404NotFound, "There is no certificate with that serial.");
        await WebLayout.WriteAsync(context, generations[^1].Certificate.Name, html =>
        {
            WriteFacts(html, generations[^1].Certificate, request, revocation);
            WriteHistory(html, generations, revocation);
            if (revocation is null) WriteForm(html, context, serial);
        }).ConfigureAwait(false);
    }

    public async Task RevokeAsync(HttpContext context)
    {
        string serial = SerialOf(context);
        string? confirmation = await WebGate.ReadFieldAsync(context, "confirmation").ConfigureAwait(false);
        if (!serial.AsSpan(0, ConfirmationLength).Equals(confirmation?.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"Nothing was revoked: the confirmation is the first {ConfirmationLength} digits of the serial.");
        }

        RevocationReason reason = RecordText.ParseReason(await WebGate.ReadFieldAsync(context, "reason").ConfigureAwait(false) ?? string.Empty)
            ?? throw new RefusedException(StatusCodes.Status400BadRequest, "Nothing was revoked: choose a reason.");
        string actor = WebGate.SessionOf(context).Actor;
        IReadOnlyList<RevocationRecord> revoked = await authority.RevokeAsync(actor, serial, reason, context.RequestAborted).ConfigureAwait(false);
        logger.Done(ErrorAnswers.PathOf(context), actor, string.Join(", ", revoked.Select(record => record.Serial)));
        WebGate.SeeOther(context, $"/certificates/{serial}");
    }

    // Nothing but a serial may come back in an address.
    private static string SerialOf(HttpContext context) =>
        context.GetRouteValue("serial") is string { Length: 32 } text && text.All(char.IsAsciiHexDigit)
            ? text.ToUpperInvariant()
            : throw new RefusedException(StatusCodes.Status404NotFound, "A serial has 32 hexadecimal digits.");

    private void WriteFacts(Html html, CertificateSummary newest, RequestRecord? request, RevocationRecord? revocation)
    {
        string state = newest.StateAt(authority.Now);
        html.Open("dl").Fact("Serial", newest.Serial)
            .Element("dt", "State").Open("dd").Element("span", state, ("class", $"state {CertificatesPage.ClassOf(state)}")).Close()
            .Fact("Set", $"{newest.SuiteId}")
            .Fact("Valid", $"{WebLayout.Time(newest.ValidFrom)} to {WebLayout.Time(newest.ValidTo)}");
        if (revocation is not null)
        {
            html.Fact("Revoked", $"{WebLayout.Time(revocation.RevokedAt)} by {revocation.RevokedBy}: {RecordText.Of(revocation.Reason)}");
        }

        if (request is not null)
        {
            html.Fact("Key valid", $"{WebLayout.Time(request.ValidFrom)} to {WebLayout.Time(request.ValidTo)}")
                .Fact("Request", Convert.ToHexString(request.Hash.Span));
        }

        html.Close();
    }

    private static void WriteHistory(Html html, IReadOnlyList<CertificateRow> generations, RevocationRecord? revocation)
    {
        html.Element("h2", "History").OpenTable("The oldest first", "What", "When", "Who", "Valid to", "Log");
        foreach (CertificateRow row in generations)
        {
            CertificateSummary certificate = row.Certificate;
            string what = certificate.Generation == 1 ? "issued" : $"renewed, generation {certificate.Generation}";
            WriteEvent(html, what, certificate.IssuedAt, certificate.IssuedBy, WebLayout.Day(certificate.ValidTo), row.Entry);
        }

        if (revocation is not null) WriteEvent(html, "revoked", revocation.RevokedAt, revocation.RevokedBy, "–", revocation.Entry);
        html.Close().Close();
    }

    private static void WriteEvent(Html html, string what, DateTimeOffset time, string who, string end, long entry) => html
        .Open("tr").Element("th", what, ("scope", "row"), ("data-column", "What"))
        .Cell("When", WebLayout.Time(time)).Cell("Who", who).Cell("Valid to", end)
        .Open("td", ("data-column", "Log")).Element("a", $"entry {entry}", ("href", $"/log?before={entry + 1}")).Close()
        .Close();

    private static void WriteForm(Html html, HttpContext context, string serial)
    {
        html.Element("h2", "Revoke")
            .Element("p", "A revocation cannot be taken back. It is for all certificates of this serial, and a new revocation list is published at once.")
            .OpenForm(context, $"/certificates/{serial}/revoke", "stacked")
            .Element("label", "Reason", ("for", "reason"))
            .Open("select", ("id", "reason"), ("name", "reason"), ("required", ""))
            .Element("option", "Choose", ("value", ""));
        foreach (string reason in RecordText.Reasons) html.Element("option", reason, ("value", reason));
        html.Close()
            .Element("label", $"Type the first {ConfirmationLength} digits of the serial, {serial[..ConfirmationLength]}, to confirm", ("for", "confirmation"))
            .Void("input", ("id", "confirmation"), ("name", "confirmation"), ("required", ""), ("autocomplete", "off"), ("maxlength", $"{ConfirmationLength}"))
            .Element("button", "Revoke", ("class", "danger"))
            .Close();
    }
}
