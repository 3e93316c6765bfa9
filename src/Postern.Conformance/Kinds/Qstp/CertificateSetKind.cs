using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// The files of one root and one server, taken apart; the files themselves stand beside it. Read, verified, written and signed again
/// to the same bytes. (QSTP §5)
/// </summary>
internal sealed class CertificateSetKind : IVectorKind
{
    private static readonly string[] Parts = ["root_certificate", "server_certificate", "root_secret_key", "server_secret_key"];

    public string? Recognise(VectorFile file) => file.Json.HasAll(Parts) ? "qstp certificates" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        using CertificateFolder folder = CertificateFolder.Beside(file);
        FolderFile<RootCertificate>[] roots = Find(folder.Roots, file.Json, Parts[0], static root => root.Serial);
        FolderFile<ServerCertificate>[] servers = Find(folder.Servers, file.Json, Parts[1], static server => server.Serial);
        FolderFile<RootKey>[] rootKeys = Find(folder.RootKeys, file.Json, Parts[2], static key => key.Serial);
        FolderFile<ServerKey>[] serverKeys = Find(folder.ServerKeys, file.Json, Parts[3], static key => key.Serial);

        Described described = new(
            roots[0].Value,
            servers.FirstOrDefault(static server => server.Value.IsSigned)?.Value ?? throw new FormatException("no signed server certificate stands beside this file"),
            rootKeys[0].Value,
            serverKeys[0].Value);
        checks.Check("files beside it", () => Expect.Equal("unreadable", "", string.Join(", ", folder.Unreadable)));
        checks.Check("configuration", () => Expect.Equal("configuration", file.Json.Text("configuration"), described.Root.Suite.Name));
        CheckFiles(file.Json, roots, Parts[0], checks);
        CheckFiles(file.Json, servers.Where(static server => server.Value.IsSigned), Parts[1], checks);
        CheckRequest(folder, described, checks);
        CheckKeyFiles(file.Json, rootKeys, Parts[2], checks);
        CheckKeyFiles(file.Json, serverKeys, Parts[3], checks);
        CheckServerFields(file.Json, described, checks);
        CheckSignatures(file.Json, described, checks);
        CheckTexts(folder, described.Root, checks);
        CheckTexts(folder, described.Server, checks);
    }

    private static FolderFile<T>[] Find<T>(List<FolderFile<T>> files, JsonElement json, string part, SerialOf<T> serialOf)
    {
        byte[] serial = json.Field(part).Bytes("serial");
        FolderFile<T>[] found = [.. files.Where(file => serialOf(file.Value).SequenceEqual(serial))];
        return found.Length > 0 ? found : throw new FormatException($"no file with the serial of '{part}' stands beside this file");
    }

    private static void CheckFiles<T>(JsonElement json, IEnumerable<FolderFile<T>> files, string part, CheckList checks)
        where T : Certificate
    {
        foreach (FolderFile<T> file in files)
        {
            checks.Check($"{part} in {file.Name}", () =>
            {
                CertificateFieldChecks.CheckCertificate(json.Field(part), file.Value);
                Expect.Equal("written again", file.Bytes, file.Value.ToBytes());
            });
        }
    }

    private static void CheckKeyFiles<T>(JsonElement json, FolderFile<T>[] files, string part, CheckList checks)
        where T : SigningKeyFile
    {
        foreach (FolderFile<T> file in files)
        {
            checks.Check($"{part} in {file.Name}", () =>
            {
                CertificateFieldChecks.CheckKey(json.Field(part), file.Value);
                using SecretBytes written = file.Value.ToSecretBytes();
                Expect.Equal("written again", file.Bytes, written.Span);
            });
        }
    }

    private static void CheckServerFields(JsonElement json, Described described, CheckList checks)
    {
        checks.Check("root_serial", () => Expect.Equal(
            "root_serial", json.Field(Parts[1]).Bytes("root_serial"), described.Server.RootSerial));
        checks.Check("stored_root_server_hash", () => Expect.Equal(
            "stored_root_server_hash", json.Field(Parts[3]).Bytes("stored_root_server_hash"), described.ServerKey.StoredPairHash));
    }

    // The certificate as it was before the root signed it; a folder need not have it. One of another server's key is not meant.
    private static void CheckRequest(CertificateFolder folder, Described described, CheckList checks)
    {
        foreach (FolderFile<ServerCertificate> file in folder.Servers.Where(static file => !file.Value.IsSigned))
        {
            bool isOther = folder.ServerKeys.Any(key => key.Value.SerialNumber == file.Value.SerialNumber && key.Value != described.ServerKey);
            if (isOther) continue;
            checks.Check($"request in {file.Name}", () =>
                Expect.Equal("made from the server's key", file.Bytes, described.ServerKey.CreateRequest().ToBytes()));
        }
    }

    private static void CheckSignatures(JsonElement json, Described described, CheckList checks)
    {
        (RootCertificate root, ServerCertificate server, RootKey rootKey, ServerKey serverKey) = described;
        RecordedClock clock = new(Math.Max(root.ValidFromSeconds, server.ValidFromSeconds));
        VerificationPolicy policy = new() { Clock = clock };
        checks.Check("root signature", () => root.VerifySelf(policy));
        checks.Check("chain", () => Expect.Equal("root_server_hash", json.Bytes("root_server_hash"), root.Verify(server, policy).PairHash));
        checks.Check("root signed again", () =>
            Expect.Equal("certificate", root.ToBytes(), rootKey.CreateCertificate(DeterministicRandom).ToBytes()));
        checks.Check("server signed again", () => Expect.Equal(
            "certificate",
            server.ToBytes(),
            rootKey.SignCertificate(serverKey.CreateRequest(), null, clock, DeterministicRandom).ToBytes()));
    }

    private static void CheckTexts(CertificateFolder folder, Certificate certificate, CheckList checks)
    {
        foreach (FolderFile<PrintedCertificate> text in folder.TextsFor(certificate))
        {
            checks.Check($"text in {text.Name}", () => text.Value.CheckAgainst(certificate));
        }
    }

    private static ScriptedRandom DeterministicRandom => new(ScriptedRandom.DeterministicSignature);

    private delegate ReadOnlySpan<byte> SerialOf<T>(T value);

    private sealed record Described(RootCertificate Root, ServerCertificate Server, RootKey RootKey, ServerKey ServerKey);
}
