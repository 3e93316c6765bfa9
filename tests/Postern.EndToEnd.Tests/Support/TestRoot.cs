using Postern.Cli;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A folder with a root of set 1, a server key and its request.</summary>
internal sealed class TestRoot : IDisposable
{
    private TestRoot()
    {
    }

    public TestFolder Folder { get; } = new();

    public string Certificate => Folder["root_public_cert.qrr"];

    public string Key => Folder["root_secret_key.qsk"];

    public string Request => Folder["server_public_cert.unsigned.qrc"];

    public string Signed => Folder["server_public_cert.qrc"];

    public string ServerKey => Folder["server_secret_key.qsk"];

    public static async Task<TestRoot> CreateAsync(int rootDays = 1000, string serverSuite = "1")
    {
        TestRoot root = new();
        (await CommandHost.Run(
            "root", "create", "--name", "Test root", "--suite", "1", "--days", $"{rootDays}", "--out", root.Folder.Root, "--no-passphrase")).Expect(ExitCode.Success);
        (await CommandHost.Run("cert", "request", "--name", "server", "--suite", serverSuite, "--out", root.Folder.Root)).Expect(ExitCode.Success);
        return root;
    }

    /// <summary>The arguments that sign something with this root.</summary>
    public string[] SignArguments(params string[] more) => ["root", "sign", "--root-cert", Certificate, "--root-key", Key, .. more];

    public void Dispose() => Folder.Dispose();
}
