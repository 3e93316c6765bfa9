using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Service;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Somebody who can write to the inventory's rows and has not the root's key wants the key's holder to sign for him.</summary>
public sealed class ForgedRowTests : IDisposable
{
    private const string Never = "99999999999";

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly TestInventory _test = new();

    private EnrolmentDesk Desk => new(_test.Inventory, _test.Key);

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_token_that_the_log_does_not_have_gets_no_certificate()
    {
        EnrolmentToken token = Forge("enrol");
        ExpectDamaged(() => Desk.Enrol(token, NewRequest()));
    }

    [Theory]
    [InlineData("uses = 1000")]
    [InlineData("pattern = '*'")]
    [InlineData("expires_at = " + Never)]
    [InlineData("days = 700")]
    public void A_token_that_was_changed_gets_no_certificate(string change)
    {
        EnrolmentToken token = Desk.CreateToken(TokenKind.Enrol, "web*", TimeSpan.FromDays(1), days: 30).Token;
        _test.Tamper($"UPDATE tokens SET {change}");
        ExpectDamaged(() => Desk.Enrol(token, NewRequest()));
    }

    [Fact]
    public async Task An_admin_token_that_the_log_does_not_have_is_nobody_s()
    {
        EnrolmentToken genuine = Desk.CreateToken(TokenKind.Admin, "*", TimeSpan.FromDays(1)).Token;
        using RootKey key = RootKey.Parse(_test.Key.ToSecretBytes().Span);
        using (Postern.Authority.Service.Authority authority = new(_test.Inventory, key, Week))
        {
            Assert.NotNull(await new AdminTokens(authority).VerifyAsync(genuine.Text, CancellationToken.None));
        }

        EnrolmentToken forged = Forge("admin");
        using RootKey again = RootKey.Parse(_test.Key.ToSecretBytes().Span);
        using Postern.Authority.Service.Authority changed = new(_test.Inventory, again, Week);
        InventoryException refused = await Assert.ThrowsAsync<InventoryException>(() => new AdminTokens(changed).VerifyAsync(forged.Text, CancellationToken.None));
        Assert.Equal(InventoryError.Damaged, refused.Error);
    }

    [Fact]
    public void A_certificate_that_the_root_never_signed_is_not_renewed()
    {
        _test.Issue("other");
        using ServerKey own = ServerKey.Generate(_test.Root.Suite, "web", TimeSpan.FromDays(90), _test.Clock);
        ServerCertificate made = own.CreateRequest().ForRoot(_test.Root.Serial, own.ValidFromSeconds, own.ValidToSeconds)
            .WithSignature(new byte[own.Suite.Signature.SignatureSize], new byte[32]);
        _test.Tamper(
            $"""
            INSERT INTO requests SELECT '{made.SerialNumber}', valid_from, valid_to, hash FROM requests;
            INSERT INTO certificates SELECT '{made.SerialNumber}', 1, root, name, suite, valid_from, valid_to, issued_at, issued_by, NULL, 1, X'{Convert.ToHexString(made.ToBytes())}'
                FROM certificates;
            """);
        RenewalRequest renewal = RenewalRequest.Create(made, own, NewRequest(), _test.Clock);
        Assert.Equal(InventoryError.RequestRefused, Assert.Throws<InventoryException>(() => Desk.Renew(renewal)).Error);
    }

    [Theory]
    [InlineData("name = 'harmless'")]
    [InlineData("serial = '00112233445566778899AABBCCDDEEFF'")]
    public void A_request_that_is_not_what_its_row_shows_is_not_approved(string change)
    {
        string id = Desk.Submit(NewRequest(), "127.0.0.1").Id;
        _test.Tamper($"UPDATE submissions SET {change}");
        Assert.Equal(InventoryError.RequestRefused, Assert.Throws<InventoryException>(() => Desk.Approve(id, validity: null)).Error);
    }

    [Fact]
    public void A_request_that_its_key_did_not_sign_is_not_approved_whoever_put_it_there()
    {
        string id = Desk.Submit(NewRequest(), "127.0.0.1").Id;
        SignedRequest own = NewRequest(EnrolmentDesk.ReservedName);
        _test.Tamper(
            $"UPDATE submissions SET name = '{EnrolmentDesk.ReservedName}', serial = '{own.Request.SerialNumber}', request = X'{Convert.ToHexString(own.ToBytes())}'");
        Assert.Equal(InventoryError.RequestRefused, Assert.Throws<InventoryException>(() => Desk.Approve(id, validity: null)).Error);
    }

    [Fact]
    public void A_list_that_was_never_published_is_neither_signed_nor_counted()
    {
        RevocationList known = _test.Inventory.PublishRevocations(_test.Key, Week);
        RevocationListRecord forged = RevocationListRecord.Of(
            _test.Key.SignRevocations(long.MaxValue - 1, [], _test.Clock.GetUtcNow(), _test.Clock.GetUtcNow() + TimeSpan.FromDays(9000)), "x", entry: 1);
        _test.Tamper(
            $"""
            INSERT INTO revocation_lists VALUES ({forged.Number}, {forged.IssuedAt.ToUnixTimeSeconds()}, {forged.NextUpdate.ToUnixTimeSeconds()}, 0, '{forged.Digest}', 'x', 1)
            """);
        ExpectDamaged(() => _test.Inventory.FollowRevocations(_test.Key, known, Week));
        ExpectDamaged(() => _test.Inventory.PublishRevocations(_test.Key, Week));
    }

    [Fact]
    public void A_list_does_not_leave_out_what_one_before_it_had()
    {
        _test.Revoke(_test.Issue());
        _test.Inventory.PublishRevocations(_test.Key, Week);
        _test.Tamper("DELETE FROM revocations");
        ExpectDamaged(() => _test.Inventory.PublishRevocations(_test.Key, Week));
    }

    [Fact]
    public void A_revocation_that_the_log_does_not_have_is_not_published()
    {
        CertificateRecord certificate = _test.Issue();
        _test.Inventory.PublishRevocations(_test.Key, Week);
        _test.Tamper($"INSERT INTO revocations VALUES ('{certificate.Serial}', 'cessation', 0, 'x', 99)");
        ExpectDamaged(() => _test.Inventory.PublishRevocations(_test.Key, Week));
    }

    private static void ExpectDamaged(Action action) => Assert.Equal(InventoryError.Damaged, Assert.Throws<InventoryException>(action).Error);

    private SignedRequest NewRequest(string name = "web")
    {
        using ServerKey key = ServerKey.Generate(_test.Root.Suite, name, TimeSpan.FromDays(90), _test.Clock);
        return SignedRequest.Create(key, _test.Clock);
    }

    private EnrolmentToken Forge(string kind)
    {
        EnrolmentToken token = EnrolmentToken.Generate();
        long entry = _test.Inventory.ReadLastNumber() + 1;
        _test.Tamper($"INSERT INTO tokens VALUES ('{token.Id}', '{kind}', '*', NULL, 10, {Never}, 0, 'somebody', {entry}, X'{Convert.ToHexString(token.Hash.Span)}')");
        return token;
    }
}
