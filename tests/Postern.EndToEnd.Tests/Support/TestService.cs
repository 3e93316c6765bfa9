using System.Net;
using System.Net.Http.Headers;
using Postern.AspNetCore;
using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Service;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A service of a test root on loopback, and clients of it.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly IInventoryStore _store;
    private readonly AuthorityService _service;
    private readonly HttpClient _private;

    private TestService(TestInventory inventory, MovableClock clock, IInventoryStore store, AuthorityService service, ServerIdentity identity, string adminToken)
    {
        Inventory = inventory;
        Clock = clock;
        _store = store;
        _service = service;
        AdminToken = adminToken;
        Client = new EnrolmentClient(service.EndPoint, inventory.Root, identity.Certificate, VerificationPolicy.Default);
        _private = new HttpClient(new SocketsHttpHandler().UseQstp(inventory.Root.Verify(identity.Certificate))) { BaseAddress = new Uri($"http://{service.EndPoint}") };
        Public = new HttpClient { BaseAddress = new Uri($"http://{service.PublicEndPoint}") };
    }

    public TestInventory Inventory { get; }

    public MovableClock Clock { get; }

    public EnrolmentClient Client { get; }

    /// <summary>The public part.</summary>
    public HttpClient Public { get; }

    public string AdminToken { get; }

    /// <summary>The administrators' pages.</summary>
    public Uri Pages => new($"http://{_service.WebEndPoint}");

    public RootCertificate Root => Inventory.Root;

    public static async Task<TestService> StartAsync(Func<TestFolder, TestStore>? place = null, ServiceLimits? limits = null)
    {
        MovableClock clock = new();
        TestInventory inventory = new(place, clock);
        (IInventoryStore store, Inventory opened) = inventory.OpenAgain();
        Postern.Authority.Service.Authority authority = new(opened, inventory.Key, TimeSpan.FromDays(7));
        ServiceFiles files = new(inventory.Folder.Root);
        Assert.True(await files.PrepareAdminTokenAsync(authority));
        OwnIdentities identities = await OwnIdentities.LoadAsync(files, authority);
        AuthorityServiceOptions options = new()
        {
            EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            PublicEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            WebEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Identities = identities,
            Limits = limits ?? new ServiceLimits { Burst = 10_000, AttemptsPerMinute = 1000 },
        };
        AuthorityService service = await AuthorityService.StartAsync(authority, options);
        return new TestService(inventory, clock, store, service, identities[0], (await File.ReadAllTextAsync(files.AdminTokenPath)).Trim());
    }

    public ServerKey NewKey(string name = "web.example.org", int days = 365) => ServerKey.Generate(Root.Suite, name, TimeSpan.FromDays(days), Clock);

    public SignedRequest NewRequest(string name = "web.example.org")
    {
        using ServerKey key = NewKey(name);
        return SignedRequest.Create(key, Clock);
    }

    /// <summary>A token, made in the inventory.</summary>
    public string NewToken(string pattern = "*", int uses = 1, int? days = null) =>
        new EnrolmentDesk(Inventory.Inventory, Inventory.Key).CreateToken(TokenKind.Enrol, pattern, TimeSpan.FromHours(24), days, uses).Token.Text;

    public Task<ServerCertificate> EnrolAsync(string token, SignedRequest request) => Client.EnrolAsync(token, request, CancellationToken.None);

    /// <summary>A key that has a certificate by now.</summary>
    public async Task<(ServerKey Key, ServerCertificate Certificate)> EnrolledAsync(int days = 90)
    {
        ServerKey key = NewKey();
        return (key, await EnrolAsync(NewToken(days: days), SignedRequest.Create(key, Clock)));
    }

    public RenewalRequest NewRenewal(ServerCertificate former, ServerKey formerKey, string? name = null) =>
        RenewalRequest.Create(former, formerKey, NewRequest(name ?? former.Issuer), Clock);

    public Task<ServerCertificate> RenewAsync(RenewalRequest renewal) => Client.RenewAsync(renewal, CancellationToken.None);

    /// <summary>What the public part has under that name.</summary>
    public Task<byte[]> ReadPublicAsync(string name) => Public.GetByteArrayAsync(new Uri(name, UriKind.Relative));

    /// <summary>Any call inside the tunnel.</summary>
    public async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, HttpContent? content = null, string? bearer = null)
    {
        using HttpRequestMessage message = new(method, path) { Content = content };
        if (bearer is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await _private.SendAsync(message);
    }

    public Task<System.Text.Json.JsonElement> AdministerAsync(HttpMethod method, string path, object? body = null) =>
        Client.AdministerAsync(method, path, body, AdminToken, CancellationToken.None);

    /// <summary>Expects a refusal with that status.</summary>
    public static async Task RefusedAsync(HttpStatusCode status, Func<Task> call)
    {
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(call);
        Assert.Equal((int)status, refused.Status);
    }

    public async Task StopAsync()
    {
        await _service.DrainAsync(CancellationToken.None);
        await _service.DisposeAsync();
    }

    public void ExpectWholeLog() => Assert.Empty(Inventory.Inventory.Verify().Findings);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Public.Dispose();
        _private.Dispose();
        await _service.DisposeAsync();
        _store.Dispose();
        Inventory.Dispose();
    }
}
