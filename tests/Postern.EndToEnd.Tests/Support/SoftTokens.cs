using System.Diagnostics;
using System.Text;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Tokens of SoftHSM in a folder of a test's own. The module reads its settings from the environment, so commands are processes.</summary>
internal sealed class SoftTokens : IDisposable
{
    public const string Label = "Root HSM";
    public const string Pin = "1234-ä";

    private static readonly string? Installed = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so" }
        .FirstOrDefault(File.Exists);

    private readonly Dictionary<string, string> _environment;

    private SoftTokens(string module)
    {
        Module = module;
        Directory.CreateDirectory(Folder["tokens"]);
        string configuration = Folder.Write("softhsm2.conf", Encoding.UTF8.GetBytes($"directories.tokendir = {Folder["tokens"]}\nlog.level = ERROR\n"));
        _environment = new(StringComparer.Ordinal) { ["SOFTHSM2_CONF"] = configuration };
        Environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal) { [TokenAccess.Variable] = module, [PinSource.Variable] = Pin };
        CertificateArguments = ["--root-cert", Folder["root/root_public_cert.qrr"]];
        KeyArguments = [.. CertificateArguments, "--root-key", Key];
    }

    public TestFolder Folder { get; } = new();

    public string Module { get; }

    /// <summary>What a command needs to reach the token; a test may change it.</summary>
    public Dictionary<string, string> Environment { get; }

    public string Key => Folder["root/root_secret_key.qsk"];

    public string[] CertificateArguments { get; }

    public string[] KeyArguments { get; }

    /// <summary>A module with one token. The test is skipped where SoftHSM is not installed.</summary>
    public static SoftTokens Require()
    {
        if (Installed is null) Assert.Skip("SoftHSM (softhsm2) is not installed.");
        SoftTokens tokens = new(Installed);
        tokens.Add();
        return tokens;
    }

    /// <summary>One more token of that label.</summary>
    public void Add() => Utility("--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", "12345678");

    /// <summary>Takes all tokens away.</summary>
    public void RemoveAll()
    {
        foreach (string folder in Directory.GetDirectories(Folder["tokens"])) Directory.Delete(folder, recursive: true);
    }

    /// <summary>The files of the keys in the token.</summary>
    public string[] KeyFiles() =>
        [.. Directory.GetFiles(Folder["tokens"], "*.object", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "token.object")];

    /// <summary>Puts a key of the outside world into the token, as an administrator may.</summary>
    public void Import(string label, ReadOnlySpan<byte> key) => Utility(
        "--import", Folder.Write("key", key), "--aes", "--token", Label, "--label", label, "--id", "AA", "--pin", Pin);

    public Task<CommandResult> RunAsync(params string[] arguments) => CommandProcess.RunAsync(Folder.Root, [], Environment, arguments);

    /// <summary>A root whose key is under the token's.</summary>
    public Task<CommandResult> CreateRootAsync(params string[] more) =>
        RunAsync(["root", "create", "--name", "Token root", "--suite", "1", "--out", Folder["root"], "--pkcs11-token", Label, .. more]);

    public void Dispose() => Folder.Dispose();

    private void Utility(params string[] arguments)
    {
        ProcessStartInfo start = new("softhsm2-util", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach ((string name, string value) in _environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string messages = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"softhsm2-util {string.Join(' ', arguments)}: {messages}");
    }
}
