using System.Net;
using Postern.Authority.Enrolment;
using Postern.Authority.Service;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Who should get no certificate gets none.</summary>
public sealed class EnrolmentAttackTests
{
    [Fact]
    public async Task Tokens_that_are_unknown_wrong_expired_or_for_another_name_get_nothing()
    {
        await using TestService test = await TestService.StartAsync();
        string token = test.NewToken("*.example.org", uses: 10);
        string wrongSecret = token[..^1] + (token[^1] == '0' ? '1' : '0');
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(wrongSecret, test.NewRequest()));
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(EnrolmentToken.Generate().Text, test.NewRequest()));
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(test.AdminToken, test.NewRequest()));
        await TestService.RefusedAsync(HttpStatusCode.Unauthorized, () => test.EnrolAsync("nothing", test.NewRequest()));
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(token, test.NewRequest("example.org")));
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(token, test.NewRequest("web.example.org.evil")));
        test.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(2));
        await TestService.RefusedAsync(HttpStatusCode.Forbidden, () => test.EnrolAsync(token, test.NewRequest()));
        test.ExpectWholeLog();
    }

    [Fact]
    public async Task A_request_that_its_key_did_not_sign_gets_nothing_and_leaves_the_token()
    {
        await using TestService test = await TestService.StartAsync();
        string token = test.NewToken();
        using ServerKey own = test.NewKey();
        byte[] foreign = test.NewRequest().ToBytes();
        byte[] mine = SignedRequest.Create(own, test.Clock).ToBytes();
        int signature = own.Suite.Signature.SignatureSize;
        SignedRequest stolen = SignedRequest.Parse([.. foreign[..^signature], .. mine[^signature..]]);
        Assert.False(stolen.IsProven());
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.EnrolAsync(token, stolen));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.Client.SubmitAsync(stolen, CancellationToken.None));
        Assert.NotNull(await test.EnrolAsync(token, test.NewRequest()));
    }

    [Fact]
    public async Task A_serial_is_issued_once_and_the_service_s_name_never()
    {
        await using TestService test = await TestService.StartAsync();
        string token = test.NewToken(uses: 5);
        SignedRequest request = test.NewRequest();
        await test.EnrolAsync(token, request);
        await TestService.RefusedAsync(HttpStatusCode.Conflict, () => test.EnrolAsync(token, request));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.EnrolAsync(token, test.NewRequest(EnrolmentDesk.ReservedName)));
        await TestService.RefusedAsync(HttpStatusCode.BadRequest, () => test.Client.SubmitAsync(test.NewRequest(EnrolmentDesk.ReservedName), CancellationToken.None));
    }

    [Fact]
    public async Task A_client_does_not_take_another_server_for_the_service()
    {
        await using TestService test = await TestService.StartAsync();
        (ServerKey key, ServerCertificate certificate) = await test.EnrolledAsync();
        key.Dispose();
        Assert.Throws<RefusedException>(() => new EnrolmentClient(new IPEndPoint(IPAddress.Loopback, 1), test.Root, certificate, VerificationPolicy.Default));
    }

    [Fact]
    public void Every_bit_of_a_signed_request_counts()
    {
        using ServerKey key = ServerKey.Generate(Postern.Qstp.QstpSuites.DilithiumS1KyberS1, "web", TimeSpan.FromDays(1), TimeProvider.System);
        byte[] data = SignedRequest.Create(key, TimeProvider.System).ToBytes();
        Assert.True(SignedRequest.Parse(data).IsProven());
        for (int i = 0; i < data.Length; i += i < 64 ? 1 : 97)
        {
            byte[] changed = [.. data];
            changed[i] ^= 1;
            Assert.False(IsTaken(changed), $"byte {i}");
        }

        Assert.Throws<FormatException>(() => SignedRequest.Parse(data.AsSpan(0, data.Length - 1)));
        Assert.Throws<FormatException>(() => SignedRequest.Parse([.. data, 0]));
    }

    private static bool IsTaken(byte[] data)
    {
        try
        {
            return SignedRequest.Parse(data).IsProven();
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
