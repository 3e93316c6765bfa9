using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>Commands that find the inventory beside the root, or not.</summary>
public class RootInventoryFileTests
{
    [Fact]
    public async Task A_root_without_an_inventory_says_that_nothing_is_recorded()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        CommandResult signed = await CommandHost.Run(root.SignArguments(root.Request, "--yes"));
        Assert.Contains("not recorded", signed.Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        CommandResult list = await CommandHost.Run("root", "list", "--root-cert", root.Certificate);
        Assert.Contains("postern root init", list.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        CommandResult named = await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--force", "--inventory", root.Folder["none.db"]));
        named.Expect(ExitCode.File);
    }

    [Fact]
    public async Task Init_makes_an_inventory_beside_the_root_and_sign_records_in_it()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        string[] init = ["root", "init", "--root-cert", root.Certificate, "--root-key", root.Key];
        JsonElement made = (await CommandHost.Run([.. init, "--json"])).Expect(ExitCode.Success).Json;
        Assert.Equal(root.Folder["root_inventory.db"], made.GetProperty("inventory").GetString());
        Assert.Contains("never replaced", (await CommandHost.Run(init)).Expect(ExitCode.File).Error, StringComparison.Ordinal);

        CommandResult signed = await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--json"));
        Assert.DoesNotContain("not recorded", signed.Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        string serial = signed.Json.GetProperty("serial").GetString()!;
        byte[] certificate = await ReadAsync(root.Signed);
        Assert.Equal(
            certificate, (await CommandHost.Run("root", "export", serial, "--cert", root.Certificate, "--out", "-")).Expect(ExitCode.Success).RawOutput);

        CommandResult again = await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--force"));
        Assert.Contains($"postern root export {serial}", again.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.Equal(certificate, await ReadAsync(root.Signed));
    }

    [Fact]
    public async Task A_server_starts_with_its_old_key_and_the_renewed_certificate()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (await CommandHost.Run("root", "init", "--root-cert", root.Certificate, "--root-key", root.Key)).Expect(ExitCode.Success);
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes", "--days", "30"))).Expect(ExitCode.Success);
        (await CommandHost.Run(
            "root", "renew", root.Signed, "--days", "60", "--out", root.Signed, "--force", "--root-cert", root.Certificate, "--root-key", root.Key)).Expect(ExitCode.Success);
        Qstp.Certificates.RootCertificate authority = Qstp.Certificates.RootCertificate.Parse(await ReadAsync(root.Certificate));
        Qstp.Certificates.ServerCertificate certificate = Qstp.Certificates.ServerCertificate.Parse(await ReadAsync(root.Signed));
        using Qstp.Certificates.ServerIdentity identity = Qstp.Certificates.ServerIdentity.Create(
            authority,
            certificate,
            Qstp.Certificates.ServerKey.Parse(await ReadAsync(root.ServerKey)),
            Qstp.Certificates.VerificationPolicy.Default with { Clock = new StandingClock(CommandHost.VectorTime.AddDays(59)) });
        Assert.Equal("server", identity.Certificate.Issuer);
    }

    [Fact]
    public async Task What_is_no_inventory_is_named_without_a_stack_trace()
    {
        using TestInventory test = new();
        string text = test.Folder.Write("text", "This is no inventory, although it is a file that is long enough for one."u8);
        CommandResult result = await CommandHost.Run(["root", "list", .. test.RootArguments, "--inventory", text]);
        Assert.Equal($"error: {text} is no inventory.\n", result.Expect(ExitCode.File).Error);
    }

    [Fact]
    public async Task A_backup_does_not_replace_the_inventory_itself()
    {
        using TestInventory test = new();
        (await CommandHost.Run(["root", "backup", test.Folder["root_inventory.db"], .. test.RootArguments, "--force"])).Expect(ExitCode.Usage);
    }

    private static Task<byte[]> ReadAsync(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
}
