using Postern.Authority;
using Postern.Authority.Service;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>The service's own key and certificate, and its hold on the inventory.</summary>
public sealed class ServiceFilesTests
{
    [Fact]
    public async Task A_service_whose_own_certificate_was_revoked_begins_with_another_key_and_serves_no_other()
    {
        using TestInventory test = new();
        using RootKey key = RootKey.Parse(test.Key.ToSecretBytes().Span);
        using Postern.Authority.Service.Authority authority = new(test.Inventory, key, TimeSpan.FromDays(7));
        ServiceFiles files = new(test.Folder.Root);
        string first = await OnlySerialAsync(files, authority);
        Assert.Equal(first, await OnlySerialAsync(files, authority));
        await authority.RevokeAsync(TestInventory.Actor, first, RevocationReason.KeyCompromise, TestContext.Current.CancellationToken);
        string second = await OnlySerialAsync(files, authority);
        Assert.NotEqual(first, second, StringComparer.Ordinal);
        Assert.Equal(second, await OnlySerialAsync(files, authority));
    }

    [Fact]
    public void A_second_service_is_refused_by_another_name_of_the_inventory_s_file_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links are for administrators there.");
        using TestInventory test = new();
        string link = test.Folder["link.db"];
        File.CreateSymbolicLink(link, test.Folder["root_inventory.db"]);
        using IDisposable? first = test.Store.HoldService(test.Root.SerialNumber);
        using SqliteInventoryStore second = SqliteInventoryStore.Open(link);
        Assert.Equal(InventoryError.InUse, Assert.Throws<InventoryException>(() => second.HoldService(test.Root.SerialNumber)).Error);
    }

    private static async Task<string> OnlySerialAsync(ServiceFiles files, Postern.Authority.Service.Authority authority)
    {
        using ServerIdentity identity = Assert.Single(await files.PrepareIdentitiesAsync(authority));
        return identity.Certificate.SerialNumber;
    }
}
