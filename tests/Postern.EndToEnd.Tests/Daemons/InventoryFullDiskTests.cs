using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>Room for the inventory's file and no more: a limit of the process stands for the disk.</summary>
public sealed class InventoryFullDiskTests
{
    // Of 512 bytes: enough for what SQLite shares between processes, 32 KiB, and too few for what a certificate adds to its log.
    private const int Blocks = 66;

    [Fact]
    public async Task A_full_disk_for_the_inventory_fails_the_signing_and_nothing_is_half_issued()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This needs the limits of a Linux process.");
        using TestInventory test = new(null, TimeProvider.System);
        string request = test.Folder.Write("r.unsigned.qrc", test.Request("s").ToBytes());
        string[] sign = ["root", "sign", request, "--yes", "--out", test.Folder["s.qrc"], .. test.KeyArguments];
        test.Store.Dispose();

        // .NET's double mapping of code is a file, too, and a large one.
        await using PosternProcess full = PosternProcess.Launch(["env", "DOTNET_EnableWriteXorExecute=0", "sh", "-c", $"trap '' XFSZ; ulimit -f {Blocks}; exec \"$@\"", "sh"], sign);
        Assert.Equal(ExitCode.File, await full.ExitAsync());
        Assert.Contains("root_inventory.db", full.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(test.Folder["s.qrc"]));
        AssertIssued(test, 0);

        await using PosternProcess roomy = PosternProcess.Run(sign);
        Assert.True(await roomy.ExitAsync() == ExitCode.Success, roomy.Errors);
        Assert.True(File.Exists(test.Folder["s.qrc"]));
        AssertIssued(test, 1);
    }

    private static void AssertIssued(TestInventory test, int count)
    {
        (IInventoryStore store, Inventory inventory) = test.OpenAgain();
        using (store)
        {
            Assert.Equal(count, inventory.List(new CertificateQuery()).Count);
            Assert.Empty(inventory.Verify().Findings);
        }
    }
}
