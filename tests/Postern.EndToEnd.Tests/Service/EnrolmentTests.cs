using System.Net;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Service;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

public abstract class EnrolmentTests
{
    private readonly Func<TestFolder, TestStore> _place;

    private protected EnrolmentTests(Func<TestFolder, TestStore> place) => _place = place;

    [Fact]
    public async Task A_token_gets_a_certificate_that_the_log_bears_out()
    {
        await using TestService test = await TestService.StartAsync(_place);
        SignedRequest request = test.NewRequest();
        ServerCertificate certificate = await test.EnrolAsync(test.NewToken("*.example.org", days: 90), request);
        Assert.Equal(request.Request.SerialNumber, certificate.SerialNumber);
        Assert.Equal(90, Math.Round((certificate.ValidTo - certificate.ValidFrom).TotalDays));
        Assert.StartsWith("token ", test.Inventory.Inventory.Find(certificate.SerialNumber).IssuedBy, StringComparison.Ordinal);
        test.ExpectWholeLog();
    }

    [Fact]
    public async Task A_token_is_used_as_often_as_it_says_also_by_many_at_once()
    {
        await using TestService test = await TestService.StartAsync(_place);
        string token = test.NewToken(uses: 2);
        Task<ServerCertificate>[] calls = [.. Enumerable.Range(0, 6).Select(_ => test.EnrolAsync(token, test.NewRequest()))];
        await Task.WhenAll(calls.Select(call => call.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal(2, calls.Count(call => call.IsCompletedSuccessfully));
        Assert.All(
            calls.Where(call => call.IsFaulted),
            call => Assert.Equal((int)HttpStatusCode.Forbidden, Assert.IsType<RefusedException>(call.Exception!.InnerException).Status));
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(token, test.NewRequest()));
        test.ExpectWholeLog();
    }

    [Fact]
    public async Task A_request_waits_for_the_administrator_who_approves_it()
    {
        await using TestService test = await TestService.StartAsync(_place);
        SignedRequest request = test.NewRequest();
        string id = await test.Client.SubmitAsync(request, CancellationToken.None);
        Assert.Null(await test.Client.FollowAsync(id, request, CancellationToken.None));
        await TestService.RefusedAsync(HttpStatusCode.Conflict, () => test.Client.SubmitAsync(request, CancellationToken.None));
        await test.AdministerAsync(HttpMethod.Post, $"requests/{id}/approve?days=30");
        ServerCertificate? certificate = await test.Client.FollowAsync(id, request, CancellationToken.None);
        Assert.Equal(request.Request.SerialNumber, certificate?.SerialNumber);
        Assert.StartsWith("admin ", test.Inventory.Inventory.Find(certificate!.SerialNumber).IssuedBy, StringComparison.Ordinal);
        await TestService.RefusedAsync(HttpStatusCode.NotFound, () => test.AdministerAsync(HttpMethod.Post, $"requests/{id}/approve"));
        await TestService.RefusedAsync(HttpStatusCode.NotFound, () => test.AdministerAsync(HttpMethod.Post, $"requests/{id}/refuse"));
        test.ExpectWholeLog();
    }

    [Fact]
    public async Task A_refused_request_stays_refused_and_the_log_says_by_whom()
    {
        await using TestService test = await TestService.StartAsync(_place);
        SignedRequest request = test.NewRequest();
        string id = await test.Client.SubmitAsync(request, CancellationToken.None);
        await test.AdministerAsync(HttpMethod.Post, $"requests/{id}/refuse");
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.Client.FollowAsync(id, request, CancellationToken.None));
        Assert.False(test.Inventory.Inventory.IsIssued(request.Request.SerialNumber));
        test.ExpectWholeLog();
        Assert.Contains(test.Inventory.Inventory.ReadLog(), entry => entry.Action == "request-refused" && entry.Actor.StartsWith("admin ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_in_another_store_has_tokens_and_requests_too()
    {
        await using TestService test = await TestService.StartAsync(_place);
        await test.EnrolAsync(test.NewToken(), test.NewRequest());
        string id = await test.Client.SubmitAsync(test.NewRequest(), CancellationToken.None);
        string copy = test.Inventory.Folder["copy.db"];
        test.Inventory.Store.BackUp(copy, overwrite: false);
        using Postern.Authority.Storage.SqliteInventoryStore store = Postern.Authority.Storage.SqliteInventoryStore.Open(copy);
        Postern.Authority.Inventory inventory = Postern.Authority.Inventory.Open(store, test.Root, test.Clock, TestInventory.Actor);
        Assert.Empty(inventory.Verify().Findings);
        using Postern.Authority.Storage.IInventoryTransaction rows = inventory.BeginRead();
        Assert.Equal(SubmissionState.Submitted, rows.FindSubmission(id)?.State);
        Assert.Equal(2, rows.ReadTokens().Count());
    }

    public sealed class OnSqlite() : EnrolmentTests(SqliteTestStore.In);

    public sealed class OnPostgres() : EnrolmentTests(PostgresTestStore.In);
}
