using Postern.Authority;
using Postern.Authority.Service;
using Postern.Cryptography;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>The service's own certificates while it runs.</summary>
public sealed class OwnIdentitiesTests : IDisposable
{
    private readonly MovableClock _clock = new();
    private readonly TestInventory _test;
    private readonly Postern.Authority.Service.Authority _authority;

    public OwnIdentitiesTests()
    {
        _test = new TestInventory(clock: _clock);
        using SecretBytes file = _test.Key.ToSecretBytes();
        _authority = new Postern.Authority.Service.Authority(_test.Inventory, RootKey.Parse(file.Span), TimeSpan.FromDays(7));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _test.Dispose();
    }

    [Fact]
    public async Task One_that_was_revoked_is_replaced_at_once_and_answers_nobody_any_more()
    {
        using OwnIdentities own = await LoadAsync();
        string first = Assert.Single(own).Certificate.SerialNumber;
        Assert.Null(await own.RenewInTimeAsync(Token));
        await _authority.RevokeAsync(TestInventory.Actor, first, RevocationReason.KeyCompromise, Token);
        ServerCertificate? second = await own.RenewInTimeAsync(Token);
        Assert.NotNull(second);
        Assert.Equal(second.SerialNumber, Assert.Single(own).Certificate.SerialNumber);
        Assert.NotEqual(first, second.SerialNumber, StringComparer.Ordinal);
        Assert.Null(await own.RenewInTimeAsync(Token));

        // The next start has the same.
        using OwnIdentities next = await LoadAsync();
        Assert.Equal(second.SerialNumber, Assert.Single(next).Certificate.SerialNumber);
    }

    [Fact]
    public async Task At_two_thirds_of_its_time_another_comes_and_both_are_served_until_it_ends()
    {
        using OwnIdentities own = await LoadAsync();
        ServerCertificate first = own[0].Certificate;
        _clock.Advance((first.ValidTo - first.ValidFrom) * 0.7);
        ServerCertificate? second = await own.RenewInTimeAsync(Token);
        Assert.Equal([second!.SerialNumber, first.SerialNumber], own.Select(identity => identity.Certificate.SerialNumber), StringComparer.Ordinal);
        _clock.Advance((first.ValidTo - first.ValidFrom) * 0.35);
        await own.ReadAgainAsync(Token);
        Assert.DoesNotContain(own, identity => identity.Certificate.SerialNumber == first.SerialNumber);
    }

    [Fact]
    public async Task Reading_again_what_has_not_changed_changes_nothing()
    {
        using OwnIdentities own = await LoadAsync();
        ServerIdentity first = own[0];
        Assert.Null(await own.ReadAgainAsync(Token));
        Assert.Same(first, Assert.Single(own));
    }

    [Fact]
    public async Task A_pair_that_was_put_into_the_folder_is_taken_and_a_broken_one_is_not()
    {
        using OwnIdentities own = await LoadAsync();
        string first = own[0].Certificate.SerialNumber;
        byte[] certificate = await File.ReadAllBytesAsync(_test.Folder[ServiceFiles.CertificateName], Token);
        await File.WriteAllBytesAsync(_test.Folder[ServiceFiles.CertificateName], new byte[10], Token);
        await Assert.ThrowsAsync<FormatException>(() => own.ReadAgainAsync(Token));
        Assert.Equal(first, Assert.Single(own).Certificate.SerialNumber);
        await File.WriteAllBytesAsync(_test.Folder[ServiceFiles.CertificateName], certificate, Token);

        File.Delete(_test.Folder[ServiceFiles.CertificateName]);
        ServerCertificate? second = await own.ReadAgainAsync(Token);
        Assert.Equal([second!.SerialNumber, first], own.Select(identity => identity.Certificate.SerialNumber), StringComparer.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<OwnIdentities> LoadAsync() => OwnIdentities.LoadAsync(new ServiceFiles(_test.Folder.Root), _authority);
}
