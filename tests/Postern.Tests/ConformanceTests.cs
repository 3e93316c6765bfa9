using System.Text;
using Postern.Conformance;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

public sealed class ConformanceTests
{
    private static readonly string Vectors = VectorRun.Vectors;

    [Fact]
    public void Every_vector_passes_and_nothing_in_them_is_left_out()
    {
        IReadOnlyList<FileResult> results = VectorRun.All;
        Assert.Equal(114, results.Count);
        Assert.All(results, result =>
        {
            Assert.True(result.Failures.Count == 0, $"{result.Path}: {string.Join("; ", result.Failures)}");
            Assert.Equal((FileStatus.Passed, 0), (result.Status, result.Unsupported));
        });
        Assert.True(results.Zip(results.Skip(1), (first, second) => string.CompareOrdinal(first.Path, second.Path)).All(order => order < 0));
    }

    [Theory]
    [InlineData("keccak", 1, 43)]
    [InlineData("cshake", 1, 21)]
    [InlineData("kmac", 1, 66)]
    [InlineData("rcs", 2, 96)]
    [InlineData("rcs, reduced rounds", 2, 32)]
    [InlineData("rcs, QMAC", 2, 26)]
    [InlineData("ml-kem", 1, 8)]
    [InlineData("slh-dsa", 1, 6)]
    [InlineData("ml-dsa", 1, 6)]
    [InlineData("mceliece", 1, 10)]
    [InlineData("encoding", 1, 22)]
    [InlineData("qstp certificates", 5, 73)]
    [InlineData("qstp session", 9, 334)]
    [InlineData("qstp server replies", 1, 17)]
    [InlineData("qstp external root", 1, 3)]
    [InlineData("root certificate", 6, 17)]
    [InlineData("server certificate", 10, 20)]
    [InlineData("signing key", 10, 20)]
    [InlineData("certificate text", 9, 9)]
    [InlineData("qsmp session", 15, 760)]
    [InlineData("qsmp failure cases", 2, 98)]
    [InlineData("qsmp private key", 16, 48)]
    [InlineData("qsmp public key", 16, 16)]
    public void Each_kind_checks_as_much_as_its_files_hold(string kind, int files, int checks)
    {
        List<FileResult> results = [.. VectorRun.All.Where(result => result.Kind == kind)];
        Assert.Equal(files, results.Count);
        Assert.Equal(checks, results.Sum(result => result.Passed));
    }

    [Fact]
    public void A_kind_is_recognised_by_its_content_whatever_the_file_is_called()
    {
        foreach (FileResult expected in VectorRun.All.Where(result => result.Path.EndsWith(".json", StringComparison.Ordinal)))
        {
            // With a 32-byte key nothing but its name tells a QMAC file.
            if (expected.Path == "primitives/rcs256-qmac.json") continue;
            string path = Path.Combine(Vectors, expected.Path);
            using TemporaryFolder folder = TemporaryFolder.CopyOf(Path.GetDirectoryName(path)!);
            File.Move(folder.At(Path.GetFileName(path)), folder.At("renamed.json"));
            FileResult result = VectorRun.Of(folder.At("renamed.json"));
            Assert.Equal(expected with { Path = "renamed.json", Failures = result.Failures, UnsupportedReasons = result.UnsupportedReasons }, result);
        }
    }

    [Theory]
    [InlineData("unknown.json", """{ "answer": 42, "vectors": [ { "in": "00", "out": "01" } ] }""")]
    [InlineData("list.json", "[]")]
    [InlineData("number.json", "1")]
    [InlineData("notes.txt", "Remember the milk.")]
    [InlineData("empty.txt", "")]
    public void A_file_of_an_unknown_form_is_unknown_and_never_passed(string name, string content)
    {
        FileResult result = RunOn(name, content);
        Assert.Equal(FileStatus.Unknown, result.Status);
        Assert.Equal("", result.Kind);
        Assert.Equal(0, result.Passed);
        Assert.Single(result.Failures);
    }

    [Theory]
    [InlineData("broken.json", "{ \"keccak_f1600\": [", "json")]
    [InlineData("empty.json", "", "json")]
    [InlineData("nothing.json", """{ "keccak_f1600": [], "sha3_256": [] }""", "keccak")]
    [InlineData("wrong.json", """{ "keccak_f1600": [ { "rounds": -1, "in": 7, "out": null } ] }""", "keccak")]
    [InlineData("rate.json", """{ "blocks_interface": [ { "rate": 136, "N": "", "S": "", "X": "", "blocks": 2147483647, "output": "" } ] }""", "cshake")]
    [InlineData("steps.json", """{ "sessions": [ { "rate": 136, "key": "00", "outlen": 32, "steps": [] } ] }""", "kmac")]
    [InlineData("cases.json", """{ "cases": [ { "client_bytes": [], "server_reply": "", "server_then": "EOF" } ] }""", "qstp server replies")]
    [InlineData("alone.json", """{ "ext_root_hash": "00", "keyid": "00", "authority_verification_key": "00", "authority": "a", "scheme": 1 }""", "qstp external root")]
    [InlineData("session.json", """{ "format": "qsmp-session-vector-1" }""", "qsmp session")]
    [InlineData("failures.json", """{ "format": "qsmp-failure-cases-1", "mode": "simplex", "parameter_set": "../dk1" }""", "qsmp failure cases")]
    [InlineData("junk.qskey", "junk", "qsmp private key")]
    [InlineData("junk.qpkey", "junk", "qsmp public key")]
    [InlineData("junk.qrr", "junk", "root certificate")]
    [InlineData("junk.qrc", "junk", "server certificate")]
    [InlineData("junk.qsk", "junk", "signing key")]
    [InlineData("junk.txt", "------BEGIN QSTP ROOT PUBLIC CERTIFICATE BLOCK------\n", "certificate text")]
    public void A_known_form_without_anything_right_in_it_fails(string name, string content, string kind)
    {
        FileResult result = RunOn(name, content);
        Assert.Equal(FileStatus.Failed, result.Status);
        Assert.Equal(kind, result.Kind);
        Assert.Equal(0, result.Passed);
        Assert.NotEmpty(result.Failures);
        Assert.Equal(result.Failed, result.Failures.Count);
    }

    [Theory]
    [InlineData("mceliece", """[{ "standard_name": "mceliece51220", "keygen_rng": "", "encaps_rng_calls": [], "ciphertext": "" }]""", "mceliece51220")]
    [InlineData(
        "slh-dsa",
        """[{ "set": "S1S128SHA2", "keygen_rng": "", "sign_rng": "", "public_key": "", "secret_key": "", "message": "", "signed_message": "" }]""",
        "S1S128SHA2")]
    public void An_algorithm_that_this_build_does_not_have_is_named_and_never_passes(string kind, string content, string name)
    {
        FileResult result = RunOn("other.json", content);
        Assert.Equal((kind, FileStatus.Unsupported), (result.Kind, result.Status));
        Assert.Equal((0, 0, 1), (result.Passed, result.Failed, result.Unsupported));
        Assert.Contains(name, Assert.Single(result.UnsupportedReasons), StringComparison.Ordinal);
    }

    [Fact]
    public void No_content_makes_a_run_throw_or_a_damaged_file_go_on_for_ever()
    {
        Random random = new(9);
        foreach (FileResult original in VectorRun.All.Where(result => result.Path.EndsWith(".json", StringComparison.Ordinal)))
        {
            string path = Path.Combine(Vectors, original.Path);
            byte[] content = File.ReadAllBytes(path);
            using TemporaryFolder folder = TemporaryFolder.CopyOf(Path.GetDirectoryName(path)!);

            // Slow signatures and keys are made again for every row that is still right.
            int rounds = original.Kind is "slh-dsa" or "mceliece" ? 3 : 30;
            for (int i = 0; i < rounds; i++)
            {
                byte[] altered = [.. content];
                for (int j = 0; j < 3; j++) altered[random.Next(content.Length)] = (byte)"{}[]\",:0-e9tn"[random.Next(13)];
                FileResult result = VectorRun.Of(folder.Write("altered.json", altered));
                Assert.Equal(result.Failed == 0 && result.Status != FileStatus.Unknown, result.Failures.Count == 0);
            }
        }
    }

    [Fact]
    public void A_key_file_with_SPHINCS_may_be_of_the_standards_form_or_of_the_one_before_it()
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(QsmpSuites.SphincsS1McElieceS1);
        using SecretBytes standard = key.ToSecretBytes();
        using TemporaryFolder folder = new();
        Assert.Equal(FileStatus.Passed, VectorRun.Of(folder.Write("standard.qskey", standard.Span)).Status);
        Assert.Equal(FileStatus.Passed, VectorRun.Of(folder.Write("older.qskey", QsmpVectors.Private(QsmpVectors.SphincsKey))).Status);

        // SK.seed, which nothing else in the file shows.
        byte[] damaged = QsmpVectors.Private(QsmpVectors.SphincsKey);
        damaged[^96] ^= 1;
        FileResult result = VectorRun.Of(folder.Write("damaged.qskey", damaged));
        Assert.Equal("key pair: the two keys are no pair", Assert.Single(result.Failures));
    }

    [Fact]
    public void A_session_without_its_certificates_fails()
    {
        using TemporaryFolder folder = new();
        File.Copy(Path.Combine(Vectors, "qstp", "dilithium-s1_kyber-s1", "session_data.json"), folder.At("session.json"));
        FileResult result = VectorRun.Of(folder.Path);
        Assert.Equal(FileStatus.Failed, result.Status);
        Assert.Contains("beside", Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_cases_without_their_keys_fail()
    {
        using TemporaryFolder folder = new();
        File.Copy(Path.Combine(Vectors, "qsms", "dk1_failures.json"), folder.At("failures.json"));
        FileResult result = VectorRun.Of(folder.Path);
        Assert.Equal(FileStatus.Failed, result.Status);
        Assert.Contains("beside", Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_has_no_results_and_a_missing_one_is_the_callers_mistake()
    {
        using TemporaryFolder folder = new();
        folder.Write("README.md", "# Vectors"u8);
        Assert.Empty(VectorRun.OfAll(folder.Path));
        Assert.Throws<FileNotFoundException>(() => VectorRun.OfAll(folder.At("missing")));
    }

    [Fact]
    public void Patterns_leave_files_out_by_path_or_by_name()
    {
        Assert.DoesNotContain(Run("primitives/*"), path => path.StartsWith("primitives/", StringComparison.Ordinal));
        Assert.DoesNotContain(Run("*.qsk"), path => path.EndsWith(".qsk", StringComparison.Ordinal));
        Assert.DoesNotContain(Run("errors.json"), path => path == "qstp/dilithium-s1_kyber-s1/errors.json");
        Assert.Equal(113, Run("kmac").Count);

        // Without the slow signatures.
        static List<string> Run(string pattern) =>
            [.. VectorRun.OfAll(Vectors, pattern, "slhdsa.json").Select(result => result.Path)];
    }

    [Fact]
    public void Results_come_one_at_a_time_and_stop_when_the_run_is_cancelled()
    {
        using CancellationTokenSource cancellation = new();
        using IEnumerator<FileResult> results = ConformanceRun.Run(Vectors, null, cancellation.Token).GetEnumerator();
        Assert.True(results.MoveNext());
        Assert.Equal("primitives/cshake.json", results.Current.Path);
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => results.MoveNext());
    }

    private static FileResult RunOn(string name, string content)
    {
        using TemporaryFolder folder = new();
        folder.Write(name, Encoding.UTF8.GetBytes(content));
        return VectorRun.Of(folder.Path);
    }
}
