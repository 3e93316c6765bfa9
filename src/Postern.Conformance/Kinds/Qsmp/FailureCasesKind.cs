using System.Text.Json;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// Faulty handshakes and what the reference answered; its keys stand in the folder <c>keys</c> beside the file. Our side, over a stream,
/// must answer the same. (QSMP §4.1)
/// </summary>
internal sealed class FailureCasesKind : IVectorKind
{
    private const string Format = "qsmp-failure-cases-1";

    private static readonly (string Section, bool TestsResponder)[] Sections =
    [
        ("responder", true), ("responder_later_steps", true), ("initiator", false), ("initiator_later_steps", false),
    ];

    public string? Recognise(VectorFile file) => file.Json.HasText("format", Format) ? "qsmp failure cases" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        QsmpMode mode = RecordedPeers.ModeOf(file.Json.Text("mode"));
        string set = file.Json.Text("parameter_set");
        bool isSimplex = mode == QsmpMode.Simplex;
        byte[] responderKey = ReadKey(file, set, isSimplex ? "server" : "listener");
        byte[]? initiatorKey = isSimplex ? null : ReadKey(file, set, "sender");
        checks.Check("keyid", () =>
        {
            using QsmpPrivateKey key = QsmpPrivateKey.Parse(responderKey);
            Expect.Equal("keyid", file.Json.Bytes("keyid"), key.Identity);
        });
        foreach ((string section, bool testsResponder) in Sections.Where(section => file.Json.Has(section.Section)))
        {
            int index = 0;
            foreach (JsonElement row in file.Json.Items(section))
            {
                string name = row.Has("name") ? row.Text("name") : "";
                checks.Check($"{section}[{index++}] {name}", () => Check(row));
            }

            void Check(JsonElement row)
            {
                FailureCase item = FailureCase.Read(row, testsResponder);
                using RecordedPeers peers = RecordedPeers.Parse(mode, item.NeedsExpiredKey ? Expire(responderKey) : responderKey, initiatorKey);
                FailureReplay.Check(item, peers);
            }
        }
    }

    private static byte[] ReadKey(VectorFile file, string set, string owner)
    {
        // The name comes out of a file that anyone may have written: it must not lead elsewhere.
        if (!set.All(char.IsAsciiLetterOrDigit)) throw new FormatException($"'{set}' is no name of a set");
        string path = Path.Combine(file.Folder, "keys", $"{set}_{owner}{PrivateKeyKind.Extension}");
        if (!File.Exists(path)) throw new FormatException($"the {owner}'s key does not stand beside this file, in the folder 'keys'");
        byte[] key = File.ReadAllBytes(path);
        return key;
    }

    // configuration || expiration || …; one case ran with a key that had expired at 1000. (§1.14)
    private static byte[] Expire(byte[] key)
    {
        byte[] expired = [.. key];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(expired.AsSpan(QsmpProtocol.ConfigurationFieldSize), 1000);
        return expired;
    }
}
