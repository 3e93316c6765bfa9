using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>The file of <c>postern rds token --out</c>.</summary>
public sealed class RdsTokenFileTests : IDisposable
{
    private readonly TestInventory _test = new(clock: TimeProvider.System);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_token_replaces_another_only_if_told_to()
    {
        string[] command = ["rds", "token", "--out", _test.Folder["token"], .. _test.KeyArguments];
        (await CommandHost.Run(command)).Expect(ExitCode.Success);
        string first = await File.ReadAllTextAsync(_test.Folder["token"]);
        int entries = _test.Inventory.ReadLog().Count;

        (await CommandHost.Run(command)).Expect(ExitCode.File);
        Assert.Equal(first, await File.ReadAllTextAsync(_test.Folder["token"]));
        Assert.Equal(entries, _test.Inventory.ReadLog().Count);

        (await CommandHost.Run([.. command, "--force"])).Expect(ExitCode.Success);
        Assert.False(first == await File.ReadAllTextAsync(_test.Folder["token"]), "It was not replaced.");
    }
}
