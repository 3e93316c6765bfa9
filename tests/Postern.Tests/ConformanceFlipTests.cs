using System.Text;
using System.Text.Json;
using Postern.Conformance;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>A vector with one wrong digit fails: whatever a file says is really compared.</summary>
public sealed class ConformanceFlipTests
{
    private static readonly string Vectors = VectorRun.Vectors;

    /// <summary>Fields that a change of cannot be noticed, by the file's name, and why.</summary>
    private static readonly (string File, string Pattern)[] NotChecked =
    [
        // What another build of the reference gives where it deviates; no packet has it.
        ("rcs256.json", "nonce_carry[].avx512_path_output_if_different"),
        ("rcs512.json", "nonce_carry[].avx512_path_output_if_different"),

        // The reference's secret for a damaged ciphertext; ours is the standard's, and no peer sees either.
        ("mlkem.json", "[].qsc_implicit_rejection_secret"),

        // A McEliece sender draws more numbers than it needs, leaves bits of each out, and draws again when two are equal.
        ("mceliece.json", "[].encaps_rng_calls[]"),
        ("dm1_server.json", "handshake.kem_encaps_random[]"),
        ("session.json", "secrets.kem_encaps_random_draws[]"),

        // What bad clients send: most is wrong already, and stays wrong in the same way.
        ("errors.json", "cases[].client_bytes[]"),
        ("dk1_failures.json", "responder[].sent[]"),
        ("dk1_failures.json", "responder_later_steps[].sent[]"),
        ("dk1_failures.json", "initiator[].sent[]"),
        ("dk1_failures.json", "initiator_later_steps[].sent[]"),
    ];

    /// <summary>A goodbye of either mode, DUPLEX's establish packets; and SIMPLEX's ciphertext, which nothing signs.</summary>
    private static readonly int[] SealedSizes = [54, 86, 149, 789];

    public static TheoryData<string> QsmpKeyFiles { get; } = [.. Files("*.qskey").Concat(Files("*.qpkey"))];

    public static TheoryData<string> JsonFiles { get; } = [.. Files("*.json")];

    public static TheoryData<string> BinaryFiles { get; } =
        [.. Files("*.qrr").Concat(Files("*.qrc")).Concat(Files("*.qsk")).Concat(Files("*.txt"))];

    [Theory]
    [MemberData(nameof(JsonFiles))]
    public void A_vector_with_one_changed_digit_fails(string file)
    {
        string path = Path.Combine(Vectors, file);
        string name = Path.GetFileName(path);
        using TemporaryFolder folder = TemporaryFolder.CopyOf(Path.GetDirectoryName(path)!);
        HashSet<string> seen = new(StringComparer.Ordinal);
        int flips = 0;
        int index = 0;
        foreach (byte[] json in Parts(path))
        {
            foreach (HexLeaf leaf in HexLeaf.FindAll(json).Where(leaf => IsChecked(name, leaf)))
            {
                bool isFirst = seen.Add(leaf.Pattern);
                if (!isFirst && IsSlowSession(file)) continue;
                bool isThorough = isFirst && (!IsSlowSession(file) || leaf.Path.Contains("kem_secret_key", StringComparison.Ordinal));
                foreach (int digit in Digits(leaf, isThorough, index++).Where(digit => IsChecked(name, leaf, digit)))
                {
                    string altered = folder.Write(name, leaf.Flip(json, digit));
                    FileResult result = VectorRun.Of(altered);
                    Assert.True(result.Status == FileStatus.Failed, $"{leaf.Path}, digit {digit}: {result.Status}");
                    Assert.NotEmpty(result.Failures);
                    flips++;
                }
            }
        }

        Assert.True(flips > 0);
    }

    [Theory]
    [MemberData(nameof(BinaryFiles))]
    public void A_certificate_or_key_file_with_one_changed_byte_fails(string file)
    {
        string path = Path.Combine(Vectors, file);
        string name = Path.GetFileName(path);
        using TemporaryFolder folder = TemporaryFolder.CopyOf(Path.GetDirectoryName(path)!);
        byte[] content = File.ReadAllBytes(path);
        string[] except = ["session*", "errors.json"];
        Assert.All(VectorRun.OfAll(folder.Path, except), result => Assert.Equal(FileStatus.Passed, result.Status));
        foreach ((int offset, int bit) in Bits(content.Length))
        {
            byte[] altered = [.. content];
            altered[offset] ^= (byte)(1 << bit);
            folder.Write(name, altered);
            Assert.Contains(VectorRun.OfAll(folder.Path, except), result => result.Status == FileStatus.Failed);
        }
    }

    [Theory]
    [MemberData(nameof(BinaryFiles))]
    public void A_certificate_or_key_file_that_was_cut_fails(string file)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(Vectors, file));
        using TemporaryFolder folder = new();
        foreach (int size in (int[])[0, 1, 2, 100, content.Length / 2, content.Length - 2])
        {
            string path = folder.Write(Path.GetFileName(file), content.AsSpan(0, size));
            FileResult result = VectorRun.Of(path);
            Assert.True(result.Status is FileStatus.Failed or FileStatus.Unknown, $"{size} bytes: {result.Status}");
            Assert.NotEmpty(result.Failures);
        }
    }

    [Theory]
    [MemberData(nameof(QsmpKeyFiles))]
    public void A_key_file_of_QSMP_with_one_changed_byte_fails_and_so_does_a_cut_one(string file)
    {
        string path = Path.Combine(Vectors, file);
        string name = Path.GetFileName(path);
        using TemporaryFolder folder = new();
        foreach (string half in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.ChangeExtension(name, ".*")))
        {
            File.Copy(half, folder.At(Path.GetFileName(half)));
        }

        byte[] content = File.ReadAllBytes(path);
        Assert.Equal([FileStatus.Passed, FileStatus.Passed], VectorRun.OfAll(folder.Path).Select(result => result.Status));
        foreach (int offset in KeyOffsets(name, content.Length))
        {
            byte[] altered = [.. content];
            altered[offset] ^= (byte)(1 << (offset % 7));
            folder.Write(name, altered);
            Assert.True(VectorRun.OfAll(folder.Path).Any(result => result.Status == FileStatus.Failed), $"byte {offset}");
        }

        foreach (int size in (int[])[0, 1, 50, content.Length / 2, content.Length - 2])
        {
            FileResult result = VectorRun.Of(folder.Write(name, content.AsSpan(0, size)));
            Assert.Equal(FileStatus.Failed, result.Status);
        }
    }

    // A file whose signatures or keys are slow to make is checked row by row: else every flip would make all of them again. McEliece's
    // rows differ in the set alone, but for the first, which has its public key in full.
    private static List<byte[]> Parts(string path)
    {
        byte[] json = File.ReadAllBytes(path);
        string name = Path.GetFileName(path);
        if (name is not ("slhdsa.json" or "mceliece.json")) return [json];
        using JsonDocument document = JsonDocument.Parse(json);
        IEnumerable<JsonElement> rows = document.RootElement.EnumerateArray();
        if (name == "mceliece.json") rows = rows.Take(3);
        return [.. rows.Select(row => Encoding.UTF8.GetBytes($"[{row.GetRawText()}]"))];
    }

    // A session with McEliece: every flip makes its keys again. Once a field, but for the keys; the sessions with Kyber have the rest.
    private static bool IsSlowSession(string file) => file is "qsmd/dm1.json" or "qsms/dm1_server.json" or "qstp/dilithium-s1_mceliece-s1/session.json";

    // The first leaf of each field at its start, middle and end; the others at one of these by turns.
    private static int[] Digits(HexLeaf leaf, bool isThorough, int index)
    {
        int[] digits = [0, leaf.Length / 2, leaf.Length - 1];
        return isThorough ? digits : [digits[index % digits.Length]];
    }

    // Every bit of the algorithm byte, which could name another set, and of the version; the ends; and some between.
    private static IEnumerable<(int Offset, int Bit)> Bits(int length)
    {
        Random random = new(length);
        IEnumerable<(int, int)> algorithmAndVersion = Enumerable.Range(0, 16).Select(i => (length - 1 - (i / 8), i % 8));
        IEnumerable<(int, int)> between = Enumerable.Range(0, 20).Select(_ => (random.Next(length), random.Next(8)));
        return [(0, 0), (length - 3, 7), (length - 11, 0), .. algorithmAndVersion, .. between];
    }

    private static IEnumerable<int> KeyOffsets(string file, int size)
    {
        // Of SPHINCS+'s signing key all but SK.prf, from which nothing of the public key comes.
        if (file == "sm1_server.qskey") return Enumerable.Range(0, 74).Concat(Enumerable.Range(90, size - 90));
        if (file == "sm1_server.qpkey") return Enumerable.Range(0, size);

        // Of ML-DSA's signing key the public seed, the hash and s1: signatures of a key whose K, s2 or t0 is a little off may verify.
        IEnumerable<int> head = Enumerable.Range(0, 90);
        IEnumerable<int> middle = Enumerable.Range(0, 19).Select(i => 122 + (i * 23));
        IEnumerable<int> end = Enumerable.Range(0, 13).Select(i => size - 1 - (i * 97));
        return head.Concat(middle).Concat(end);
    }

    private static bool IsChecked(string file, HexLeaf leaf)
    {
        // The damaged packet of a receiving state stays damaged.
        if (file.StartsWith("rcs", StringComparison.Ordinal) && leaf.Path.Contains("failed_tag[0].steps[1]", StringComparison.Ordinal) && !leaf.Path.EndsWith("nonce_after", StringComparison.Ordinal)) return false;
        return !NotChecked.Contains((file, leaf.Pattern));
    }

    private static bool IsChecked(string file, HexLeaf leaf, int digit) => (file, leaf.Pattern) switch
    {
        // The time of a reply to a bad client is what our clock is set to.
        ("errors.json", "cases[].server_reply") => digit / 2 is < 13 or > 20,

        // What was sealed or encapsulated in these runs: nobody knows their keys.
        ("dk1_failures.json", _) => !SealedSizes.Contains(leaf.Length / 2) || digit / 2 < 21,

        // The end of a KEM key, for ciphertexts that were not made for it. SIMPLEX has it from the recorded randomness.
        (_, "handshake.kem_secret_key_server" or "handshake.kem_secret_key_client" or "key_epochs[].kem_secret_key") => digit / 2 < (leaf.Length / 2) - 32,
        _ => true,
    };

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Vectors, pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Vectors, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal);
}
