using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Storage;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>The binary files of QSTP §5, the passphrase container, and how files are written.</summary>
public sealed class CertificateFileTests
{
    // Sizes of QSTP §2's table, typed off: root certificate, server certificate, root key, server key.
    public static TheoryData<byte, int, int, int, int> Sizes => new()
    {
        { 1, 3830, 3846, 3938, 3970 },
        { 2, 5359, 5375, 6050, 6082 },
        { 3, 7317, 7333, 7554, 7586 },
        { 4, 7317, 7333, 7554, 7586 },
        { 5, 3830, 3846, 3938, 3970 },
        { 6, 5359, 5375, 6050, 6082 },
        { 7, 7317, 7333, 7554, 7586 },
        { 8, 7317, 7333, 7554, 7586 },
        { 9, 7317, 7333, 7554, 7586 },
        { 10, 7986, 8002, 162, 194 },
        { 11, 16370, 16386, 210, 242 },
        { 12, 29954, 29970, 258, 290 },
        { 13, 29954, 29970, 258, 290 },
        { 14, 29954, 29970, 258, 290 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Files_have_the_tables_sizes_survive_a_round_trip_and_are_refused_otherwise(byte id, int root, int server, int rootKey, int serverKey)
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.FromId(id)!);
        CheckFile(authority.Root.ToBytes(), root, data => RootCertificate.Parse(data).ToBytes());
        CheckFile(authority.Certificate.ToBytes(), server, data => ServerCertificate.Parse(data).ToBytes());
        CheckFile(authority.Request.ToBytes(), server, data => ServerCertificate.Parse(data).ToBytes());
        CheckFile(Bytes(authority.RootKey), rootKey, data => Bytes(RootKey.Parse(data)));
        CheckFile(Bytes(authority.ServerKey), serverKey, data => Bytes(ServerKey.Parse(data)));
    }

    [Fact]
    public void A_container_gives_the_key_back_for_its_passphrase_alone()
    {
        byte[] content = Bytes(TestAuthority.For(QstpSuites.DilithiumS1KyberS1).ServerKey);
        byte[] container = KeyContainer.Protect(content, "correct horse");
        Assert.True(KeyContainer.IsContainer(container));
        Assert.False(KeyContainer.IsContainer(content));
        using (SecretBytes back = KeyContainer.Unprotect(container, "correct horse")) Assert.Equal(content, back.Span.ToArray());
        Assert.Throws<CryptographicException>(() => KeyContainer.Unprotect(container, "correct hors"));

        // Salt, nonce, ciphertext, tag: a byte of each.
        foreach (int offset in new[] { 12, 43, 44, 55, 56, container.Length - 17, container.Length - 16, container.Length - 1 })
        {
            byte[] altered = [.. container];
            altered[offset] ^= 1;
            Assert.Throws<CryptographicException>(() => KeyContainer.Unprotect(altered, "correct horse"));
        }
    }

    [Fact]
    public void A_container_with_another_header_or_too_short_is_refused_before_any_work()
    {
        byte[] container = new byte[56 + 16];
        "POSTKEY1"u8.CopyTo(container);
        foreach (int iterations in new[] { 0, 1, 599_999, 100_000_001, -1 })
        {
            BitConverter.TryWriteBytes(container.AsSpan(8), iterations);
            Assert.Throws<FormatException>(() => KeyContainer.Unprotect(container, "x"));
        }

        BitConverter.TryWriteBytes(container.AsSpan(8), 600_000);
        for (int length = 0; length < container.Length; length++)
        {
            Assert.Throws<FormatException>(() => KeyContainer.Unprotect(container.AsSpan(0, length), "x"));
        }

        for (int offset = 0; offset < 8; offset++)
        {
            byte[] altered = [.. container];
            altered[offset] ^= 1;
            Assert.Throws<FormatException>(() => KeyContainer.Unprotect(altered, "x"));
        }
    }

    [Fact]
    public void A_container_is_not_made_without_a_passphrase_or_with_few_iterations()
    {
        Assert.Throws<ArgumentException>("passphrase", () => KeyContainer.Protect([1], ""));
        Assert.Throws<ArgumentOutOfRangeException>("iterations", () => KeyContainer.Protect([1], "x", 599_999));
        Assert.Throws<ArgumentOutOfRangeException>("iterations", () => KeyContainer.Protect([1], "x", 100_000_001));
    }

    [Fact]
    public void Secret_files_are_for_their_owner_and_public_ones_for_everyone_to_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access lists instead of modes.");
        if (OperatingSystem.IsWindows()) return;
        using TemporaryFolder folder = new();
        AtomicFile.WriteSecret(folder.At("secret"), [1]);
        AtomicFile.WritePublic(folder.At("public"), [2]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("secret")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(folder.At("public")));
        AtomicFile.WriteSecret(folder.At("public"), [3], overwrite: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("public")));
    }

    [Fact]
    public void A_file_that_is_there_stays_unless_it_is_to_be_replaced()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("file");
        AtomicFile.WritePublic(path, [1, 2, 3]);
        Assert.Throws<IOException>(() => AtomicFile.WritePublic(path, [4]));
        Assert.Throws<IOException>(() => AtomicFile.WriteSecret(path, [4]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        AtomicFile.WritePublic(path, [4], overwrite: true);
        Assert.Equal([4], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_write_that_fails_leaves_no_temporary_file_and_nothing_changed()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.At("folder"));
        Assert.ThrowsAny<SystemException>(() => AtomicFile.WritePublic(folder.At("folder"), [1], overwrite: true));
        Assert.Equal([folder.At("folder")], Directory.GetFileSystemEntries(folder.Path));
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WritePublic(folder.At("missing/file"), [1]));
    }

    [Fact]
    public void A_pair_is_replaced_as_a_whole_or_not_at_all()
    {
        using TemporaryFolder folder = new();
        string[] paths = [folder.At("public"), folder.At("secret")];
        AtomicFile.WritePair(folder.At("secret"), [1], folder.At("public"), [2]);
        Assert.Throws<IOException>(() => AtomicFile.WritePair(folder.At("secret"), [3], folder.At("public"), [4]));
        Assert.Equal([1], File.ReadAllBytes(folder.At("secret")));
        AtomicFile.WritePair(folder.At("secret"), [3], folder.At("public"), [4], overwrite: true);
        Assert.Equal([3], File.ReadAllBytes(folder.At("secret")));
        Assert.Equal([4], File.ReadAllBytes(folder.At("public")));
        Directory.CreateDirectory(folder.At("folder"));
        Assert.Throws<IOException>(() => AtomicFile.WritePair(folder.At("secret"), [5], folder.At("folder"), [6], overwrite: true));
        Assert.Equal([3], File.ReadAllBytes(folder.At("secret")));
        Assert.Equal(paths, Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("secret")));
    }

    private static byte[] Bytes(SigningKeyFile key)
    {
        using (key)
        using (SecretBytes bytes = key.ToSecretBytes()) return bytes.Span.ToArray();
    }

    private static void CheckFile(byte[] data, int size, Func<byte[], byte[]> reparse)
    {
        Assert.Equal(size, data.Length);
        Assert.Equal(data, reparse(data));
        byte[][] wrong = [[], data[..^1], data[1..], [.. data, 0], [.. data, .. new byte[49]], [.. data, .. data], [.. data[..^2], 0, 1], [.. data[..^2], 15, 1]];
        foreach (byte[] other in wrong)
        {
            // 49 zero bytes more are the size of an externally signed root, which the algorithm byte in another place then denies.
            if (other.Length == size + 49 && size is 3830 or 5359 or 7317 or 7986 or 16370 or 29954) continue;
            Assert.Throws<FormatException>(() => reparse(other));
        }

        // Sets that differ in the KEM alone have files of one size: then the byte says which set it is.
        SignatureAlgorithm signature = QstpSuites.FromId(data[^2])!.Signature;
        for (int algorithm = 0; algorithm <= byte.MaxValue; algorithm++)
        {
            byte[] other = [.. data];
            other[^2] = (byte)algorithm;
            if (QstpSuites.FromId((byte)algorithm)?.Signature == signature) Assert.Equal(other, reparse(other));
            else Assert.Throws<FormatException>(() => reparse(other));
        }
    }
}
