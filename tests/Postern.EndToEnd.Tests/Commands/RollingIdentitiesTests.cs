using Postern.Cli.Renewing;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Commands;

public sealed class RollingIdentitiesTests
{
    [Fact]
    public void All_are_served_and_the_newest_are_those_that_none_has_followed()
    {
        using TestInventory test = new(clock: TimeProvider.System);
        ServerIdentity[] made = [.. Enumerable.Range(0, 4).Select(_ => Identity(test))];
        using RollingIdentities identities = new([made[0], made[1]], former: made[2]);
        Assert.Equal([made[0], made[1]], identities.Newest);
        identities.Add(made[3]);
        Assert.Equal([made[0], made[1], made[2], made[3]], identities);
        Assert.Equal([made[3], made[1]], identities.Newest);
    }

    private static ServerIdentity Identity(TestInventory test)
    {
        ServerKey key = ServerKey.Generate(test.Root.Suite, "server", TimeSpan.FromDays(30), test.Clock);
        return ServerIdentity.Create(test.Root, test.Key.SignCertificate(key.CreateRequest(), null, test.Clock), key);
    }
}
