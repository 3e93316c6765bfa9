using System.Net;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>What the administrators' pages show and do.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script>";

    private TestService _service = null!;
    private PageClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _client = new PageClient(_service.Pages);
        (await _client.LoginAsync(_service.AdminToken)).Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_hostile_name_is_text_on_every_page()
    {
        CertificateRecord certificate = _service.Inventory.Issue(Hostile);
        Submit("\"><img src=x onerror=y>");
        foreach (string path in (string[])["/certificates", $"/certificates/{certificate.Serial}", "/requests", "/servers", "/log", $"/certificates?q={Uri.EscapeDataString(Hostile)}"])
        {
            string page = await _client.ReadAsync(path);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await _client.ReadAsync($"/certificates/{certificate.Serial}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overview_says_how_root_list_and_log_are()
    {
        string page = await _client.ReadAsync("/");
        Assert.Contains(_service.Root.SerialNumber, page, StringComparison.Ordinal);
        Assert.Contains("<dt>Number</dt><dd>1</dd>", page, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexString(_service.Inventory.Inventory.ReadLog()[^1].Hash.Span), page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_are_found_by_text_and_by_state()
    {
        CertificateRecord valid = _service.Inventory.Issue("valid.example.org", days: 200);
        CertificateRecord expiring = _service.Inventory.Issue("expiring.example.org", days: 10);
        CertificateRecord revoked = _service.Inventory.Issue("revoked.example.org");
        _service.Inventory.Revoke(revoked);
        CertificateRecord renewed = _service.Inventory.Renew(_service.Inventory.Issue("renewed.example.org"));
        CertificateRecord[] all = [valid, expiring, revoked, renewed];

        await ExpectAsync("/certificates", all, all);
        await ExpectAsync("/certificates?q=VALID.ex", all, [valid]);
        await ExpectAsync($"/certificates?q={revoked.Serial[..20]}", all, [revoked]);
        await ExpectAsync("/certificates?state=valid", all, [valid, expiring, renewed]);
        await ExpectAsync("/certificates?state=expiring", all, [expiring]);
        await ExpectAsync("/certificates?state=revoked", all, [revoked]);
        await ExpectAsync("/certificates?state=replaced", all, [renewed]);
        _service.Clock.Advance(TimeSpan.FromDays(11));
        (await _client.LoginAsync(_service.AdminToken)).Dispose();
        await ExpectAsync("/certificates?state=expired", all, [expiring]);
    }

    [Fact]
    public async Task Pages_of_certificates_follow_each_other_in_both_directions()
    {
        CertificateRecord[] all = [.. Enumerable.Range(0, 120).Select(index => _service.Inventory.Issue($"s{index:000}.example.org"))];
        all = [.. all.Reverse()];
        const string query = "/certificates?state=valid&q=.example.org";
        string first = await ExpectAsync(query, all, all[..50]);
        Assert.DoesNotContain(">Newer<", first, StringComparison.Ordinal);
        string second = await ExpectAsync($"{query}&before={all[49].Entry}", all, all[50..100]);
        Assert.Contains($"before={all[99].Entry}", second, StringComparison.Ordinal);
        string last = await ExpectAsync($"{query}&before={all[99].Entry}", all, all[100..]);
        Assert.DoesNotContain(">Older<", last, StringComparison.Ordinal);
        await ExpectAsync($"{query}&after={all[100].Entry}", all, all[50..100]);
        string back = await ExpectAsync($"{query}&after={all[50].Entry}", all, all[..50]);
        Assert.DoesNotContain(">Newer<", back, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_inventory_in_PostgreSQL_is_shown_too()
    {
        await using TestService service = await TestService.StartAsync(PostgresTestStore.In);
        using PageClient client = new(service.Pages);
        (await client.LoginAsync(service.AdminToken)).Dispose();
        CertificateRecord revoked = service.Inventory.Issue("revoked.example.org");
        service.Inventory.Revoke(revoked);
        CertificateRecord renewed = service.Inventory.Renew(service.Inventory.Issue("renewed.example.org", days: 5), days: 6);
        Assert.Contains("<strong>1</strong> revoked", await client.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("generation 2", await client.ReadAsync($"/certificates/{renewed.Serial}"), StringComparison.Ordinal);
        foreach (string state in (string[])["all", "valid", "expiring", "expired", "revoked", "replaced"])
        {
            string page = await client.ReadAsync($"/certificates?state={state}&q=.EXAMPLE.org");
            Assert.Equal(state is "all" or "revoked", page.Contains(revoked.Serial, StringComparison.Ordinal));
            Assert.Equal(state is "all" or "valid" or "expiring" or "replaced", page.Contains(renewed.Serial, StringComparison.Ordinal));
        }

        foreach (string path in (string[])["/requests", "/servers", "/log"]) Assert.Contains("</html>", await client.ReadAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revocation_needs_its_confirmation_and_a_reason()
    {
        CertificateRecord certificate = _service.Inventory.Issue();
        string page = $"/certificates/{certificate.Serial}";
        foreach ((string confirmation, string reason) in ((string, string)[])[("", "superseded"), ("0000000", "superseded"), (certificate.Serial[..8], ""), (certificate.Serial[..8], "boredom")])
        {
            using HttpResponseMessage refused = await _client.SubmitAsync(page, $"{page}/revoke", ("confirmation", confirmation), ("reason", reason));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        Assert.Null(_service.Inventory.Inventory.FindRevocation(certificate.Serial));
        string form = await _client.FormTokenOfAsync(page);
        using HttpResponseMessage done = await _client.PostAsync($"{page}/revoke", ("form", form), ("confirmation", certificate.Serial[..8]), ("reason", "superseded"));
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        Assert.StartsWith("admin ", _service.Inventory.Inventory.FindRevocation(certificate.Serial)?.RevokedBy, StringComparison.Ordinal);
        string after = await _client.ReadAsync(page);
        Assert.DoesNotContain("/revoke", after, StringComparison.Ordinal);
        Assert.Contains("superseded", after, StringComparison.Ordinal);
        using HttpResponseMessage again = await _client.PostAsync($"{page}/revoke", ("form", form), ("confirmation", certificate.Serial[..8]), ("reason", "superseded"));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        _service.ExpectWholeLog();
    }

    [Fact]
    public async Task A_request_that_waits_is_approved_or_refused()
    {
        SubmissionRecord wanted = Submit("wanted.example.org");
        SubmissionRecord unwanted = Submit("unwanted.example.org");
        using HttpResponseMessage badDays = await _client.SubmitAsync("/requests", $"/requests/{wanted.Id}/approve", ("days", "731"));
        Assert.Equal(HttpStatusCode.BadRequest, badDays.StatusCode);
        using HttpResponseMessage approved = await _client.SubmitAsync("/requests", $"/requests/{wanted.Id}/approve", ("days", "30"));
        Assert.Equal($"/certificates/{wanted.Serial}", approved.Headers.Location?.ToString());
        CertificateRecord certificate = _service.Inventory.Inventory.Find(wanted.Serial);
        Assert.Equal(30, (certificate.ValidTo - certificate.ValidFrom).TotalDays, tolerance: 0.1);
        using HttpResponseMessage refused = await _client.SubmitAsync("/requests", $"/requests/{unwanted.Id}/refuse");
        Assert.Equal("/requests", refused.Headers.Location?.ToString());
        Assert.False(_service.Inventory.Inventory.IsIssued(unwanted.Serial));
        using HttpResponseMessage again = await _client.SubmitAsync("/requests", $"/requests/{unwanted.Id}/approve", ("days", ""));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        string page = await _client.ReadAsync("/requests");
        Assert.Contains("No request waits.", page, StringComparison.Ordinal);
        Assert.Contains("refused by admin ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_shown_and_verified()
    {
        for (int index = 0; index < 60; index++) _service.Inventory.Issue();
        long last = _service.Inventory.Inventory.ReadLog()[^1].Number;
        string newest = await _client.ReadAsync("/log");
        Assert.Contains($">{last}</th>", newest, StringComparison.Ordinal);
        Assert.Contains($"/log?before={last - 49}", newest, StringComparison.Ordinal);
        Assert.Contains(">1</th>", await _client.ReadAsync($"/log?before={last - 49}"), StringComparison.Ordinal);
        using HttpResponseMessage verified = await _client.SubmitAsync("/log", "/log/verify");
        Assert.Contains("The log is whole", await verified.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_was_changed_is_reported()
    {
        string form = await _client.FormTokenOfAsync("/log");
        _service.Inventory.Place.Force("UPDATE audit SET details = 'nothing' WHERE number = 1");
        using HttpResponseMessage verified = await _client.PostAsync("/log/verify", ("form", form));
        Assert.Contains("Entry 1 was changed", await verified.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/certificates/../x")]
    [InlineData("/certificates/00112233445566778899AABBCCDDEEFF")]
    [InlineData("/certificates/0011")]
    [InlineData("/certificates/nowhere/revoke")]
    [InlineData("/nowhere")]
    public async Task What_is_not_there_is_a_page_that_says_so(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    private SubmissionRecord Submit(string name) =>
        new EnrolmentDesk(_service.Inventory.Inventory, _service.Inventory.Key).Submit(_service.NewRequest(name), "192.0.2.1");

    /// <summary>Expects these of all the certificates on a page, in whatever order.</summary>
    private async Task<string> ExpectAsync(string path, CertificateRecord[] all, CertificateRecord[] expected)
    {
        string page = await _client.ReadAsync(path);
        string[] found = [.. all.Where(certificate => page.Contains($"/certificates/{certificate.Serial}", StringComparison.Ordinal)).Select(certificate => certificate.Name)];
        Assert.Equal(expected.Select(certificate => certificate.Name), found, StringComparer.Ordinal);
        return page;
    }
}
