using System.Net;
using System.Text.Json;
using Postern.Authority.Enrolment;
using Postern.Authority.Service;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

public sealed class RenewalTests
{
    [Fact]
    public async Task A_successor_has_the_name_and_the_span_of_the_former_and_a_key_of_its_own()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate former) = await test.EnrolledAsync(days: 30);
        using ServerKey owned = key;
        Renewal renewal = await Renewal.RunAsync(test.Client, former, key, test.Clock, CancellationToken.None);
        using ServerKey next = renewal.Key;
        Assert.True(next.BelongsTo(renewal.Certificate));
        Assert.NotEqual(former.SerialNumber, renewal.Certificate.SerialNumber, StringComparer.Ordinal);
        Assert.Equal(former.Issuer, renewal.Certificate.Issuer);
        Assert.Equal(30, Math.Round((renewal.Certificate.ValidTo - renewal.Certificate.ValidFrom).TotalDays));
        Assert.Equal($"renewal of {former.SerialNumber}", test.Inventory.Inventory.Find(renewal.Certificate.SerialNumber).IssuedBy);
        test.ExpectWholeLog();
    }

    [Fact]
    public async Task A_revoked_certificate_is_not_renewed()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate former) = await test.EnrolledAsync();
        using ServerKey owned = key;
        test.Inventory.Inventory.Revoke(former.SerialNumber, RevocationReason.Superseded, test.Inventory.Key);
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.RenewAsync(test.NewRenewal(former, key)));
    }

    [Fact]
    public async Task Another_key_another_name_and_a_replay_renew_nothing()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate former) = await test.EnrolledAsync();
        using ServerKey owned = key;
        using ServerKey other = test.NewKey();
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.RenewAsync(test.NewRenewal(former, other)));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.RenewAsync(test.NewRenewal(former, key, "other.example.org")));
        RenewalRequest renewal = test.NewRenewal(former, key);
        await test.RenewAsync(renewal);
        await TestService.RefusedAsync(HttpStatusCode.Conflict, () => test.RenewAsync(renewal));
        test.ExpectWholeLog();
    }

    [Fact]
    public async Task A_renewal_is_good_for_minutes_and_no_certificate_is_renewed_after_its_end()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate former) = await test.EnrolledAsync(days: 1);
        using ServerKey owned = key;
        RenewalRequest old = test.NewRenewal(former, key);
        test.Clock.Advance(EnrolmentDesk.RenewalTolerance + TimeSpan.FromSeconds(5));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.RenewAsync(old));
        test.Clock.Advance(TimeSpan.FromDays(1));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.RenewAsync(test.NewRenewal(former, key)));
    }

    [Fact]
    public async Task A_certificate_has_a_few_successors_and_no_more()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate former) = await test.EnrolledAsync();
        using ServerKey owned = key;
        for (int i = 0; i < EnrolmentDesk.MaxSuccessors; i++) await test.RenewAsync(test.NewRenewal(former, key));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.RenewAsync(test.NewRenewal(former, key)));
    }

    [Fact]
    public async Task With_a_stolen_key_what_was_renewed_with_it_is_revoked_too_and_the_list_says_so_at_once()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate former) = await test.EnrolledAsync();
        using ServerKey owned = key;
        Renewal second = await Renewal.RunAsync(test.Client, former, key, test.Clock, CancellationToken.None);
        Renewal third = await Renewal.RunAsync(test.Client, second.Certificate, second.Key, test.Clock, CancellationToken.None);
        (ServerKey bystanderKey, ServerCertificate bystander) = await test.EnrolledAsync();
        bystanderKey.Dispose();
        JsonElement answer = await test.AdministerAsync(HttpMethod.Post, "revoke", new RevokeCall(former.SerialNumber, "key-compromise"));
        Assert.Equal(3, answer.GetProperty("revoked").GetArrayLength());
        RevocationList list = RevocationList.Parse(await test.ReadPublicAsync("revocations"));
        VerifiedRevocationList verified = test.Root.Verify(list);
        Assert.NotNull(verified.Find(third.Certificate.SerialNumber));
        Assert.Null(verified.Find(bystander.SerialNumber));
        second.Key.Dispose();
        third.Key.Dispose();
        test.ExpectWholeLog();
    }
}
