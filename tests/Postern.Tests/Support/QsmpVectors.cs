using System.Text.Json;
using Postern.Qsmp;

namespace Postern.Tests.Support;

/// <summary>The key files of the reference, <c>qsms/keys</c> and <c>qsmd/keys</c>, and what the session files say of them.</summary>
internal static class QsmpVectors
{
    /// <summary>SPHINCS+'s, of which there is no session.</summary>
    public const string SphincsKey = "qsms/keys/sm1_server";

    /// <summary>Key files without their extension, such as <c>qsmd/keys/dk1_sender</c>, that a session file speaks of.</summary>
    public static TheoryData<string> Keys { get; } =
    [
        "qsms/keys/dk1_server", "qsms/keys/dk3_server", "qsms/keys/dk5_server", "qsms/keys/dk6_server", "qsms/keys/dm1_server",
        "qsmd/keys/dk1_listener", "qsmd/keys/dk1_sender",
        "qsmd/keys/dk3_listener", "qsmd/keys/dk3_sender",
        "qsmd/keys/dk5_listener", "qsmd/keys/dk5_sender",
        "qsmd/keys/dk6_listener", "qsmd/keys/dk6_sender",
        "qsmd/keys/dm1_listener", "qsmd/keys/dm1_sender",
    ];

    public static byte[] Private(string key) => File.ReadAllBytes(Path.Combine(VectorRun.Vectors, key + ".qskey"));

    public static byte[] Public(string key) => File.ReadAllBytes(Path.Combine(VectorRun.Vectors, key + ".qpkey"));

    public static QsmpMode ModeOf(string key) => key.StartsWith("qsms/", StringComparison.Ordinal) ? QsmpMode.Simplex : QsmpMode.Duplex;

    /// <summary>The session file's entry for a key.</summary>
    public static JsonElement Session(string key)
    {
        string set = Path.GetFileName(key)[..3];
        string session = ModeOf(key) == QsmpMode.Simplex ? $"qsms/{set}_server.json" : $"qsmd/{set}.json";
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(VectorRun.Vectors, session)));
        return document.RootElement.GetProperty("keys").GetProperty(key.EndsWith("sender", StringComparison.Ordinal) ? "client" : "server").Clone();
    }

    public static byte[] Bytes(this JsonElement entry, string name) => Convert.FromHexString(entry.GetProperty(name).GetString()!);
}
