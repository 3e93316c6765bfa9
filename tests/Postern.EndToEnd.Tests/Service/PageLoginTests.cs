using System.Net;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Service;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Who gets into the administrators' pages, for how long, and what their answers forbid browsers.</summary>
public sealed class PageLoginTests : IAsyncLifetime
{
    private TestService _service = null!;
    private PageClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _client = new PageClient(_service.Pages);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/certificates")]
    [InlineData("/certificates/00112233445566778899AABBCCDDEEFF")]
    [InlineData("/requests")]
    [InlineData("/servers")]
    [InlineData("/log")]
    [InlineData("/nowhere")]
    public async Task Nothing_is_shown_without_a_login(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal("/login", response.Headers.Location?.ToString());
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/logout")]
    [InlineData("/log/verify")]
    [InlineData("/requests/1/approve")]
    [InlineData("/requests/1/refuse")]
    [InlineData("/certificates/00112233445566778899AABBCCDDEEFF/revoke")]
    public async Task Nothing_is_done_without_a_login_or_without_the_sessions_form(string path)
    {
        using HttpResponseMessage outside = await _client.PostAsync(path, ("form", new string('0', 64)));
        Assert.Equal("/login", outside.Headers.Location?.ToString());

        using HttpResponseMessage login = await _client.LoginAsync(_service.AdminToken);
        using HttpResponseMessage wrong = await _client.PostAsync(path, ("form", new string('0', 64)));
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        using HttpResponseMessage none = await _client.PostAsync(path, ("other", "1"));
        Assert.Equal(HttpStatusCode.Forbidden, none.StatusCode);
        Assert.True(await _client.IsInAsync());
    }

    [Fact]
    public async Task A_form_of_another_session_is_refused()
    {
        using HttpResponseMessage login = await _client.LoginAsync(_service.AdminToken);
        using PageClient other = new(_service.Pages);
        using HttpResponseMessage otherLogin = await other.LoginAsync(_service.AdminToken);
        using HttpResponseMessage response = await _client.PostAsync("/logout", ("form", await other.FormTokenOfAsync("/")));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.True(await _client.IsInAsync());
    }

    [Fact]
    public async Task The_admin_token_lets_in_and_logging_out_ends_it()
    {
        using HttpResponseMessage login = await _client.LoginAsync(_service.AdminToken);
        Assert.Equal("/", login.Headers.Location?.ToString());
        string session = Assert.Single(login.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("postern-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=43200", session, StringComparison.OrdinalIgnoreCase);
        Assert.True(await _client.IsInAsync());

        string cookie = _client.Cookies["postern-session"]!.Value;
        using HttpResponseMessage logout = await _client.SubmitAsync("/", "/logout");
        Assert.Equal("/login", logout.Headers.Location?.ToString());
        using HttpClient thief = new() { BaseAddress = _service.Pages };
        thief.DefaultRequestHeaders.Add("Cookie", $"postern-session={cookie}");
        Assert.Contains("Admin token", await thief.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_an_enrolment_token_and_a_form_from_elsewhere_do_not_let_in()
    {
        string wrong = _service.AdminToken[..^1] + (_service.AdminToken[^1] == '0' ? '1' : '0');
        foreach (string token in (string[])[wrong, _service.NewToken(), "", "x"])
        {
            using HttpResponseMessage response = await _client.LoginAsync(token);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using HttpResponseMessage forged = await _client.PostAsync("/login", ("form", new string('0', 64)), ("token", _service.AdminToken));
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.False(await _client.IsInAsync());
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours()
    {
        using HttpResponseMessage login = await _client.LoginAsync(_service.AdminToken);
        _service.Clock.Advance(TimeSpan.FromHours(11.9));
        Assert.True(await _client.IsInAsync());
        _service.Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.False(await _client.IsInAsync());
    }

    [Fact]
    public async Task A_new_admin_token_ends_the_sessions_of_the_one_before()
    {
        using HttpResponseMessage login = await _client.LoginAsync(_service.AdminToken);
        Assert.True(await _client.IsInAsync());
        new EnrolmentDesk(_service.Inventory.Inventory, _service.Inventory.Key).CreateToken(TokenKind.Admin, "*", TimeSpan.FromDays(1));
        Assert.False(await _client.IsInAsync());
    }

    [Fact]
    public async Task Logins_are_few_a_minute()
    {
        await using TestService service = await TestService.StartAsync(limits: new ServiceLimits { AttemptsPerMinute = 3 });
        using PageClient client = new(service.Pages);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using HttpResponseMessage wrong = await client.LoginAsync("x");
            Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        }

        using HttpResponseMessage right = await client.LoginAsync(service.AdminToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
        Assert.False(await client.IsInAsync());
    }

    [Fact]
    public async Task Every_answer_forbids_what_a_page_does_not_need()
    {
        await using TestService service = await TestService.StartAsync(limits: new ServiceLimits { Burst = 12, PerSecond = 1 });
        using PageClient client = new(service.Pages);
        HashSet<HttpStatusCode> seen = [];
        foreach (string path in (string[])["/login", "/style.css", "/icon.svg", "/", "/nowhere"]) seen.Add(await ExpectHeadersAsync(await client.GetAsync(path)));
        seen.Add(await ExpectHeadersAsync(await client.PostAsync("/login", ("form", "x"))));
        seen.Add(await ExpectHeadersAsync(await client.LoginAsync(service.AdminToken)));
        seen.Add(await ExpectHeadersAsync(await client.GetAsync("/")));
        seen.Add(await ExpectHeadersAsync(await client.GetAsync("/nowhere")));
        for (int call = 0; call < 50 && !seen.Contains(HttpStatusCode.TooManyRequests); call++) seen.Add(await ExpectHeadersAsync(await client.GetAsync("/login")));
        Assert.Superset(
            new HashSet<HttpStatusCode> { HttpStatusCode.OK, HttpStatusCode.SeeOther, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests },
            seen);
    }

    private static Task<HttpStatusCode> ExpectHeadersAsync(HttpResponseMessage response)
    {
        using (response)
        {
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
            Assert.True(response.Headers.CacheControl?.NoStore);
            Assert.False(response.Headers.Contains("Server"));
            return Task.FromResult(response.StatusCode);
        }
    }
}
