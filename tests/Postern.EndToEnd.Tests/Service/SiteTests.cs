using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Postern.Authority.Enrolment;
using Postern.Authority.Service;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>What the two parts of the service show, and to whom.</summary>
public sealed class SiteTests
{
    [Fact]
    public async Task The_public_part_publishes_root_list_and_health()
    {
        await using TestService test = await TestService.StartAsync();
        Assert.Equal(test.Root.ToBytes(), await test.ReadPublicAsync("root"));
        using HttpRequestMessage text = new(HttpMethod.Get, "root");
        text.Headers.Accept.ParseAdd("text/plain");
        using HttpResponseMessage printed = await test.Public.SendAsync(text);
        Assert.Equal(test.Root.Fingerprint, CertificateText.ParseRoot(await printed.Content.ReadAsStringAsync(), TimeZoneInfo.Utc).Fingerprint);
        JsonElement roots = JsonSerializer.Deserialize<JsonElement>(await test.ReadPublicAsync("roots"));
        Assert.Equal(test.Root.Fingerprint, roots[0].GetProperty("fingerprint").GetString());
        Assert.Equal(EnrolmentDesk.ReservedName, ServerCertificate.Parse(await test.ReadPublicAsync("service")).Issuer);
        Assert.Equal("healthy", JsonSerializer.Deserialize<JsonElement>(await test.ReadPublicAsync("health")).GetProperty("status").GetString());

        using HttpResponseMessage list = await test.Public.GetAsync(new Uri("revocations", UriKind.Relative));
        Assert.NotNull(test.Root.Verify(RevocationList.Parse(await list.Content.ReadAsByteArrayAsync())));
        Assert.Equal(TimeSpan.FromMinutes(5), list.Headers.CacheControl!.MaxAge);
        Assert.Empty(list.Headers.Server);
        using HttpRequestMessage again = new(HttpMethod.Get, "revocations");
        again.Headers.IfNoneMatch.Add(list.Headers.ETag!);
        using HttpResponseMessage unchanged = await test.Public.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task One_address_does_not_take_all_connections_of_the_public_part()
    {
        await using TestService test = await TestService.StartAsync();
        List<TcpClient> clients = [];
        try
        {
            for (int i = 0; i < ServiceLimits.MaxConnectionsPerNetwork; i++) clients.Add(await AnsweredAsync(test.Public.BaseAddress!));
            await Assert.ThrowsAnyAsync<IOException>(() => AnsweredAsync(test.Public.BaseAddress!));
            clients[0].Dispose();
            clients.Add(await AnsweredInTheEndAsync(test.Public.BaseAddress!));
        }
        finally
        {
            foreach (TcpClient client in clients) client.Dispose();
        }
    }

    [Fact]
    public async Task A_stale_list_is_not_healthy()
    {
        await using TestService test = await TestService.StartAsync();
        test.Clock.Advance(TimeSpan.FromDays(8));
        using HttpResponseMessage health = await test.Public.GetAsync(new Uri("health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Theory]
    [InlineData("POST", "enroll")]
    [InlineData("POST", "renew")]
    [InlineData("POST", "requests")]
    [InlineData("GET", "requests")]
    [InlineData("GET", "certificates")]
    [InlineData("GET", "audit")]
    [InlineData("POST", "tokens")]
    [InlineData("POST", "revoke")]
    public async Task The_private_part_is_not_on_the_public_port(string method, string path)
    {
        await using TestService test = await TestService.StartAsync();
        using HttpRequestMessage message = new(new HttpMethod(method), path);
        message.Headers.Add("Authorization", $"Bearer {test.AdminToken}");
        using HttpResponseMessage answer = await test.Public.SendAsync(message);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Administrators_alone_administer()
    {
        await using TestService test = await TestService.StartAsync();
        foreach ((HttpMethod method, string path) in new (HttpMethod, string)[]
        {
            (HttpMethod.Get, "certificates"), (HttpMethod.Get, "audit"), (HttpMethod.Get, "requests"), (HttpMethod.Get, "tokens"),
            (HttpMethod.Post, "requests/00/approve"), (HttpMethod.Post, "requests/00/refuse"), (HttpMethod.Post, "tokens"), (HttpMethod.Post, "revoke"),
        })
        {
            foreach (string? token in new[] { null, string.Empty, EnrolmentToken.Generate().Text, test.NewToken(), test.AdminToken[..^1] + (test.AdminToken[^1] == '0' ? '1' : '0') })
            {
                using HttpResponseMessage answer = await test.CallAsync(method, path, bearer: token);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            }
        }

        Assert.Equal(1, (await test.AdministerAsync(HttpMethod.Get, "certificates")).GetArrayLength());
        Assert.True((await test.AdministerAsync(HttpMethod.Get, "audit")).GetArrayLength() > 3);
    }

    [Fact]
    public async Task A_new_admin_token_ends_the_one_before_it()
    {
        await using TestService test = await TestService.StartAsync();
        await test.AdministerAsync(HttpMethod.Get, "tokens");
        new EnrolmentDesk(test.Inventory.Inventory, test.Inventory.Key).CreateToken(TokenKind.Admin, "*", TimeSpan.FromDays(1));
        await TestService.RefusedAsync(HttpStatusCode.Unauthorized, () => test.AdministerAsync(HttpMethod.Get, "tokens"));
    }

    [Fact]
    public async Task An_administrator_s_token_enrols()
    {
        await using TestService test = await TestService.StartAsync();
        JsonElement made = await test.AdministerAsync(HttpMethod.Post, "tokens", new TokenCall("*.example.org", 3600, 10, null));
        Assert.NotNull(await test.EnrolAsync(made.GetProperty("token").GetString()!, test.NewRequest()));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.AdministerAsync(HttpMethod.Post, "tokens", new TokenCall(null, 3600, null, null)));
    }

    [Fact]
    public async Task Bodies_that_are_too_large_or_nonsense_are_refused_without_a_word_of_the_inside()
    {
        await using TestService test = await TestService.StartAsync();
        using ByteArrayContent large = new(new byte[ServiceLimits.MaxBodySize + 1]);
        using HttpResponseMessage tooLarge = await test.CallAsync(HttpMethod.Post, "renew", large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        using ByteArrayContent nonsense = new([1, 2, 3]);
        using HttpResponseMessage refused = await test.CallAsync(HttpMethod.Post, "renew", nonsense);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.DoesNotContain("   at ", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using StringContent json = new("{", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage broken = await test.CallAsync(HttpMethod.Post, "tokens", json, test.AdminToken);
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
    }

    [Fact]
    public async Task Attempts_and_wrong_admin_tokens_are_few_a_minute()
    {
        await using TestService test = await TestService.StartAsync(limits: new ServiceLimits { AttemptsPerMinute = 3 });
        for (int i = 0; i < 3; i++)
        {
            await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(EnrolmentToken.Generate().Text, test.NewRequest()));
            using HttpResponseMessage wrong = await test.CallAsync(HttpMethod.Get, "audit", bearer: "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        await TestService.RefusedAsync(HttpStatusCode.TooManyRequests, () => test.EnrolAsync(EnrolmentToken.Generate().Text, test.NewRequest()));
        await TestService.RefusedAsync(HttpStatusCode.TooManyRequests, () => test.AdministerAsync(HttpMethod.Get, "audit"));
    }

    [Fact]
    public async Task Anyone_may_call_so_often_and_no_more()
    {
        await using TestService test = await TestService.StartAsync(limits: new ServiceLimits { Burst = 5, PerSecond = 1 });
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => test.Public.GetAsync(new Uri("root", UriKind.Relative))));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        foreach (HttpResponseMessage answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Calls_that_change_nothing_are_one_entry_of_the_log()
    {
        await using TestService test = await TestService.StartAsync();
        int before = test.Inventory.Inventory.ReadLog().Count;
        for (int i = 0; i < 10; i++) await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(EnrolmentToken.Generate().Text, test.NewRequest()));
        await test.AdministerAsync(HttpMethod.Get, "audit");
        Assert.Equal(before, test.Inventory.Inventory.ReadLog().Count);
        await test.StopAsync();
        Postern.Authority.Audit.AuditEntry entry = test.Inventory.Inventory.ReadLog()[^1];
        Assert.Equal(before + 1, entry.Number);
        Assert.Contains("refused POST /enroll: 10\n", entry.Details, StringComparison.Ordinal);
        Assert.Contains("read GET /audit by admin ", entry.Details, StringComparison.Ordinal);
    }

    // The server finds out that a connection was closed when it next reads.
    private static async Task<TcpClient> AnsweredInTheEndAsync(Uri address)
    {
        using CancellationTokenSource limit = new(Wire.Limit);
        while (true)
        {
            try
            {
                return await AnsweredAsync(address);
            }
            catch (IOException)
            {
                await Task.Delay(5, limit.Token);
            }
        }
    }

    // A connection that was answered and stays open.
    private static async Task<TcpClient> AnsweredAsync(Uri address)
    {
        TcpClient client = new();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            await client.GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: rds\r\n\r\n"u8.ToArray());
            byte[] start = new byte[12];
            await client.GetStream().ReadExactlyAsync(start);
            Assert.Equal("HTTP/1.1 200", System.Text.Encoding.ASCII.GetString(start));
            return client;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            client.Dispose();
            throw new IOException("It was cut.", exception);
        }
    }
}
