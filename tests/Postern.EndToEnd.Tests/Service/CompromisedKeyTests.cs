using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>A key that was stolen, and what was renewed with it.</summary>
public sealed class CompromisedKeyTests
{
    [Fact]
    public void All_is_revoked_in_one_change_so_that_none_is_left_when_it_breaks_off()
    {
        using TestInventory test = new();
        string first = test.Issue("web").Serial;
        string second = Renewed(test, first);
        string third = Renewed(test, second);
        using IInventoryStore store = new FailingStore(test.Place.Open(), changes: 1);
        Inventory inventory = Inventory.Open(store, test.Root, test.Clock, TestInventory.Actor);
        IReadOnlyList<RevocationRecord> revoked = new EnrolmentDesk(inventory, test.Key).Revoke(first, RevocationReason.KeyCompromise);
        Assert.Equal([first, second, third], revoked.Select(record => record.Serial), StringComparer.Ordinal);
        Assert.All([first, second, third], serial => Assert.NotNull(test.Inventory.FindRevocation(serial)));
        Assert.Empty(test.Inventory.Verify().Findings);
    }

    [Fact]
    public void A_successor_that_was_renewed_by_hand_is_revoked_too()
    {
        using TestInventory test = new();
        string first = test.Issue("web").Serial;
        string second = Renewed(test, first);
        test.Renew(test.Inventory.Find(second));
        string third = Renewed(test, second);
        IReadOnlyList<RevocationRecord> revoked = new EnrolmentDesk(test.Inventory, test.Key).Revoke(first, RevocationReason.KeyCompromise);
        Assert.Equal([first, second, third], revoked.Select(record => record.Serial), StringComparer.Ordinal);
    }

    private static string Renewed(TestInventory test, string former)
    {
        using ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(90), test.Clock);
        return new EnrolmentDesk(test.Inventory.As($"renewal of {former}"), test.Key).IssueOwn(key.CreateRequest()).Serial;
    }
}
