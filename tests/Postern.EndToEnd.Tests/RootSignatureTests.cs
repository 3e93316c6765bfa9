using System.Security.Cryptography;
using System.Text.Json;
using Postern.Cli;
using Postern.Cryptography;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests;

/// <summary><c>root request-signature</c> and <c>root attach-signature</c>.</summary>
public class RootSignatureTests
{
    private const string KeyId = "00112233445566778899AABBCCDDEEFF";

    [Fact]
    public async Task The_vectors_root_comes_out_byte_for_byte()
    {
        using TestFolder folder = new();
        byte[] expected = await ReadAsync(QstpVectors.External("ext_root_public_cert.qrr"));
        RootCertificate vector = RootCertificate.Parse(expected);
        using JsonDocument facts = JsonDocument.Parse(await ReadAsync(QstpVectors.External("external_root.json")));
        string key = folder.Write("authority.pub", System.Text.Encoding.ASCII.GetBytes(facts.RootElement.GetProperty("authority_verification_key").GetString()!));
        (await CommandHost.Run(
            "root", "request-signature", "--root-cert", QstpVectors.External("ext_root_public_cert.qrr"), "--authority", vector.Authority!.Name,
            "--authority-key-id", vector.Authority.KeyId, "--out", folder.Root)).Expect(ExitCode.Success);
        Assert.Equal(
            facts.RootElement.GetProperty("ext_root_hash").GetString(),
            Convert.ToHexStringLower(await ReadAsync(folder["root_public_cert.hash"])));

        // Alone, and as the reference's signing function gives it: with the message behind it.
        int size = vector.Suite.Signature.SignatureSize;
        foreach (int length in (int[])[size, size + 32])
        {
            string signature = folder.Write("signature", expected.AsSpan(0, length));
            CommandResult signed = await CommandHost.Run(
                "root", "attach-signature", folder["root_public_cert.unsigned.qrr"], "--signature", signature, "--authority-key", key, "--out", "-");
            Assert.Equal(expected, signed.Expect(ExitCode.Success).RawOutput);
        }
    }

    [Fact]
    public async Task A_root_that_an_authority_signed_signs_servers_that_verify()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (string request, string signature, string key) = await PrepareAsync(root);
        (await CommandHost.Run(
            "root", "attach-signature", request, "--signature", signature, "--authority-key", key, "--out", root.Certificate, "--force")).Expect(ExitCode.Success);
        (await CommandHost.Run("root", "init", "--root-cert", root.Certificate, "--root-key", root.Key)).Expect(ExitCode.Success);
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes"))).Expect(ExitCode.Success);
        (await CommandHost.Run("cert", "verify", "--root", root.Certificate, root.Signed)).Expect(ExitCode.Failed);
        (await CommandHost.Run("cert", "verify", "--root", root.Certificate, "--authority-key", key, root.Signed)).Expect(ExitCode.Success);
        (await CommandHost.Run("root", "audit", "--verify", "--root-cert", root.Certificate)).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task Who_connects_names_the_authority_or_takes_only_roots_that_signed_themselves()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (string request, string signature, string key) = await PrepareAsync(root);
        string external = root.Folder["external.qrr"];
        (await CommandHost.Run(
            "root", "attach-signature", request, "--signature", signature, "--authority-key", key, "--out", external)).Expect(ExitCode.Success);
        (await CommandHost.Run(root.SignArguments(root.Request, "--yes"))).Expect(ExitCode.Success);
        string otherKey = root.Folder.Write("other", new byte[1312]);

        Assert.Contains("the key of 'authority.example' is needed", await ConnectAsync(external), StringComparison.Ordinal);
        Assert.Contains("was not signed by 'authority.example'", await ConnectAsync(external, "--authority-key", otherKey), StringComparison.Ordinal);
        Assert.Contains("signed itself", await ConnectAsync(root.Certificate, "--authority-key", key), StringComparison.Ordinal);
        Assert.Contains("is empty", await ConnectAsync(root.Certificate, "--authority-key", root.Folder.Write("none", [])), StringComparison.Ordinal);
        // Nobody listens there; on some days the certificate's dates are the reason.
        Assert.DoesNotContain("signed", await ConnectAsync(external, "--authority-key", key), StringComparison.Ordinal);

        async Task<string> ConnectAsync(string certificate, params string[] more)
        {
            CommandResult result = await CommandHost.Run(["connect", "127.0.0.1:1", "--root", certificate, "--cert", root.Signed, .. more]);
            Assert.NotEqual(ExitCode.Success, result.ExitCode);
            return result.Error;
        }
    }

    [Fact]
    public async Task A_signature_that_is_not_the_authoritys_is_refused()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (string request, string signature, string key) = await PrepareAsync(root);
        string[] attach = ["root", "attach-signature", request, "--authority-key", key, "--out", root.Folder["out.qrr"], "--signature"];
        byte[] bytes = await ReadAsync(signature);
        bytes[^1] ^= 1;
        (await CommandHost.Run([.. attach, root.Folder.Write("altered", bytes)])).Expect(ExitCode.Failed);
        (await CommandHost.Run([.. attach, root.Folder.Write("short", bytes.AsSpan(1))])).Expect(ExitCode.Failed);
        (await CommandHost.Run([.. attach, root.Folder.Write("other hash", [.. await ReadAsync(signature), .. new byte[32]])])).Expect(ExitCode.Failed);
        (await CommandHost.Run(
            "root", "attach-signature", root.Certificate, "--authority-key", key, "--out", root.Folder["out.qrr"], "--signature", signature)).Expect(ExitCode.File);
        Assert.False(File.Exists(root.Folder["out.qrr"]));

        // The root's own signature is over another hash, and nothing signed yet is a root.
        byte[] own = (await ReadAsync(root.Certificate))[..bytes.Length];
        (await CommandHost.Run([.. attach, root.Folder.Write("own", own)])).Expect(ExitCode.Failed);
        CommandResult unsigned = await CommandHost.Run(
            "root", "sign", "--root-cert", request, "--root-key", root.Key, "--yes", root.Request);
        Assert.Contains("not signed", unsigned.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("none yet", (await CommandHost.Run("root", "show", request)).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", KeyId)]
    [InlineData("a name of more than thirty-two signs", KeyId)]
    [InlineData("line\nfeed", KeyId)]
    [InlineData("authority", "0011")]
    [InlineData("authority", "0011223344556677889900112233445G")]
    public async Task An_authority_that_cannot_be_written_down_is_refused(string name, string keyId)
    {
        using TestRoot root = await TestRoot.CreateAsync();
        (await CommandHost.Run(
            "root", "request-signature", "--root-cert", root.Certificate, "--authority", name, "--authority-key-id", keyId, "--out", root.Folder["r"])).Expect(ExitCode.Usage);
        Assert.False(Directory.Exists(root.Folder["r"]));
    }

    [Fact]
    public async Task A_set_whose_scheme_has_no_number_is_refused()
    {
        using TestFolder folder = new();
        (await CommandHost.Run("root", "create", "--name", "r", "--suite", "10", "--out", folder.Root, "--no-passphrase")).Expect(ExitCode.Success);
        CommandResult result = await CommandHost.Run(
            "root", "request-signature", "--root-cert", folder["root_public_cert.qrr"], "--authority", "a", "--authority-key-id", KeyId, "--out", folder["r"]);
        Assert.Contains("signs with ML-DSA", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    private static async Task<(string Request, string Signature, string Key)> PrepareAsync(TestRoot root)
    {
        TestFolder folder = root.Folder;
        (await CommandHost.Run(
            "root", "request-signature", "--root-cert", root.Certificate, "--authority", "authority.example", "--authority-key-id", KeyId, "--out", folder["r"])).Expect(ExitCode.Success);
        SignatureAlgorithm scheme = SignatureAlgorithm.MLDsa44;
        byte[] verificationKey = new byte[scheme.VerificationKeySize];
        byte[] signingKey = new byte[scheme.SigningKeySize];
        byte[] signature = new byte[scheme.SignatureSize];
        scheme.GenerateKeyPair(verificationKey, signingKey);
        byte[] hash = await ReadAsync(folder["r/root_public_cert.hash"]);
        scheme.Sign(signingKey, hash, signature);
        CryptographicOperations.ZeroMemory(signingKey);
        return (folder["r/root_public_cert.unsigned.qrr"], folder.Write("signature", signature), folder.Write("authority.pub", verificationKey));
    }

    private static Task<byte[]> ReadAsync(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
}
