using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Two services, or a service and a command, at one inventory in the same moment.</summary>
public sealed class EnrolmentRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_last_use_of_a_token_is_one_use_at_several_services_too(bool isServer)
    {
        using TestInventory test = new(PlaceOf(isServer));
        EnrolmentToken token = new EnrolmentDesk(test.Inventory, test.Key).CreateToken(TokenKind.Enrol, "*", TimeSpan.FromDays(1), uses: 2).Token;
        SignedRequest[] requests = [.. Enumerable.Range(0, 4).Select(_ => NewRequest(test))];
        InventoryException?[] refusals = RunAtOnce(test, [.. requests.Select(request => (Action<EnrolmentDesk>)(desk => desk.Enrol(token, request)))]);
        Assert.Equal(2, refusals.Count(refusal => refusal is null));
        Assert.All(refusals.OfType<InventoryException>(), refusal => Assert.Equal(InventoryError.TokenRefused, refusal.Error));
        Assert.Empty(test.Inventory.Verify().Findings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_that_is_renewed_while_its_key_is_revoked_stays_good(bool isServer)
    {
        using TestInventory test = new(PlaceOf(isServer));
        for (int i = 0; i < 5; i++)
        {
            using ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(90), test.Clock);
            ServerCertificate former = new EnrolmentDesk(test.Inventory, test.Key).IssueOwn(key.CreateRequest()).Parse();
            RenewalRequest renewal = RenewalRequest.Create(former, key, NewRequest(test), test.Clock);
            InventoryException?[] refusals = RunAtOnce(
                test, desk => desk.Renew(renewal), desk => desk.Revoke(former.SerialNumber, RevocationReason.KeyCompromise));
            Assert.Null(refusals[1]);
            if (refusals[0] is { } refusal) Assert.Equal(InventoryError.Revoked, refusal.Error);
            Assert.All(test.Inventory.List(new CertificateQuery()), certificate => Assert.NotNull(certificate.RevokedAt));
        }

        Assert.Empty(test.Inventory.Verify().Findings);
    }

    private static Func<TestFolder, TestStore> PlaceOf(bool isServer) => isServer ? PostgresTestStore.In : SqliteTestStore.In;

    private static SignedRequest NewRequest(TestInventory test)
    {
        using ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(90), test.Clock);
        return SignedRequest.Create(key, test.Clock);
    }

    // Each on a connection of its own.
    private static InventoryException?[] RunAtOnce(TestInventory test, params Action<EnrolmentDesk>[] actions)
    {
        InventoryException?[] refusals = new InventoryException?[actions.Length];
        using Barrier start = new(actions.Length);
        Thread[] threads = [.. actions.Select((action, i) => new Thread(() =>
        {
            (IInventoryStore store, Inventory inventory) = test.OpenAgain();
            using (store)
            {
                start.SignalAndWait();
                try
                {
                    action(new EnrolmentDesk(inventory, test.Key));
                }
                catch (InventoryException exception)
                {
                    refusals[i] = exception;
                }
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return refusals;
    }
}
