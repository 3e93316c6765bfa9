using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Two roots in one inventory, each with a service.</summary>
public sealed class RolloverEnrolmentTests
{
    [Fact]
    public void A_certificate_of_the_old_root_is_not_renewed_by_the_new_one_and_can_be_revoked_with_all_that_came_of_it()
    {
        using TestInventory test = new();
        using RootKey newKey = RootKey.Generate(test.Root.Suite, "New root", TimeSpan.FromDays(2000), test.Clock);
        RootCertificate newRoot = newKey.CreateCertificate();
        using ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(90), test.Clock);
        ServerCertificate old = new EnrolmentDesk(test.Inventory, test.Key).IssueOwn(key.CreateRequest()).Parse();
        test.Inventory.AddRoot(newRoot, newKey, test.Key);
        EnrolmentDesk newDesk = new(Inventory.Open(test.Store, newRoot, test.Clock, TestInventory.Actor), newKey);

        // The holder says that the new root is meant.
        ServerCertificate claimed = old.ForRoot(newRoot.Serial, old.ValidFromSeconds, old.ValidToSeconds);
        using ServerKey next = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(90), test.Clock);
        RenewalRequest renewal = RenewalRequest.Create(claimed, key, SignedRequest.Create(next, test.Clock), test.Clock);
        Assert.Equal(InventoryError.RequestRefused, Assert.Throws<InventoryException>(() => newDesk.Renew(renewal)).Error);
        IReadOnlyList<RevocationRecord> revoked = new EnrolmentDesk(test.Inventory, test.Key).Revoke(old.SerialNumber, RevocationReason.KeyCompromise);
        Assert.Single(revoked);
    }
}
