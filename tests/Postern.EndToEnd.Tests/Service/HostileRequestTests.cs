using System.Buffers.Binary;
using System.Text;
using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Cryptography;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Requests whose fields no key file of this program would have, signed by their keys as they should be.</summary>
public sealed class HostileRequestTests : IDisposable
{
    private const int IssuerSize = 32;

    private readonly TestInventory _test = new();

    private EnrolmentDesk Desk => new(_test.Inventory, _test.Key);

    private ulong Now => (ulong)_test.Clock.GetUtcNow().ToUnixTimeSeconds();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("web\nvalid to: 9999-12-31 23:59:59Z")]
    [InlineData("web\u001b[2Jnothing to see")]
    [InlineData("w\0eb")]
    [InlineData("web\u007f")]
    [InlineData("w\u00e9b")]
    public void A_name_that_is_not_printable_gets_nothing(string name)
    {
        SignedRequest request = Request(key =>
        {
            key[..IssuerSize].Clear();
            Encoding.Latin1.GetBytes(name, key);
        });
        ExpectRefused(request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("web\nuses: 1000")]
    public void A_token_s_pattern_is_one_line_of_the_log(string pattern) => Assert.Equal(
        InventoryError.RequestRefused,
        Assert.Throws<InventoryException>(() => Desk.CreateToken(TokenKind.Enrol, pattern, TimeSpan.FromDays(1))).Error);

    [Fact]
    public void Dates_that_do_not_exist_do_not_come_into_the_log()
    {
        ExpectRefused(Dated(Now, ulong.MaxValue));
        ExpectRefused(Dated(ulong.MaxValue - 1, ulong.MaxValue));
    }

    [Fact]
    public void A_request_does_not_choose_a_longer_validity_than_a_server_s_key_may_have()
    {
        ExpectRefused(Dated(Now, Now + Days(ServerKey.MaxValidityDays + 1)));
        ExpectRefused(Dated(Now + Days(30), Now + Days(60)));
        ExpectRefused(Dated(Now, Now));
        string token = Desk.CreateToken(TokenKind.Enrol, "*", TimeSpan.FromDays(1)).Token.Text;
        Assert.NotNull(Desk.Enrol(EnrolmentToken.Parse(token)!, Dated(Now, Now + Days(ServerKey.MaxValidityDays))));
    }

    [Fact]
    public void A_record_that_could_not_be_verified_later_is_not_made_by_hand_either()
    {
        ServerCertificate request = Dated(Now, ulong.MaxValue).Request;
        InventoryException refused = Assert.Throws<InventoryException>(
            () => _test.Inventory.Issue(request, _test.Key.SignCertificate(request, TimeSpan.FromDays(30), _test.Clock), _test.Key));
        Assert.Equal(InventoryError.RequestRefused, refused.Error);
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void One_network_does_not_take_all_places_of_requests_that_wait()
    {
        for (int i = 0; i < EnrolmentDesk.MaxWaitingOfNetwork; i++) Desk.Submit(Dated(Now, Now + Days(1)), $"2001:db8:1:2::{i}");
        Assert.Equal(InventoryError.TooMany, Assert.Throws<InventoryException>(() => Desk.Submit(Dated(Now, Now + Days(1)), "2001:db8:1:2:ffff::")).Error);
        Assert.NotNull(Desk.Submit(Dated(Now, Now + Days(1)), "2001:db8:1:3::1"));
    }

    private static ulong Days(int days) => (ulong)days * 86_400;

    private SignedRequest Dated(ulong from, ulong to) => Request(key =>
    {
        BinaryPrimitives.WriteUInt64LittleEndian(key[^18..], from);
        BinaryPrimitives.WriteUInt64LittleEndian(key[^10..], to);
    });

    private SignedRequest Request(SpanAction change)
    {
        using ServerKey key = ServerKey.Generate(_test.Root.Suite, "web", TimeSpan.FromDays(90), _test.Clock);
        using SecretBytes file = key.ToSecretBytes();
        change(file.Span);
        using ServerKey changed = ServerKey.Parse(file.Span);
        return SignedRequest.Create(changed, _test.Clock);
    }

    private void ExpectRefused(SignedRequest request)
    {
        Assert.True(request.IsProven());
        string token = Desk.CreateToken(TokenKind.Enrol, "*", TimeSpan.FromDays(1), days: 30).Token.Text;
        Assert.Equal(InventoryError.RequestRefused, Assert.Throws<InventoryException>(() => Desk.Enrol(EnrolmentToken.Parse(token)!, request)).Error);
        Assert.Equal(InventoryError.RequestRefused, Assert.Throws<InventoryException>(() => Desk.Submit(request, "127.0.0.1")).Error);
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    private delegate void SpanAction(Span<byte> key);
}
