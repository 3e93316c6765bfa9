using System.Buffers.Binary;
using System.Text.Json;
using Postern.Cryptography;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>The key files inside a session: read, compared with the fields beside them, and written again. (QSMP §1.14)</summary>
internal static class SessionKeys
{
    public static RecordedPeers Load(JsonElement session, QsmpMode mode)
    {
        JsonElement keys = session.Field("keys");
        byte[] responder = keys.Field("server").Bytes("qskey_file");
        return RecordedPeers.Parse(mode, responder, mode == QsmpMode.Duplex ? keys.Field("client").Bytes("qskey_file") : null);
    }

    public static void Check(JsonElement session, QsmpMode mode, CheckList checks)
    {
        foreach (JsonProperty key in session.Field("keys").EnumerateObject())
        {
            checks.Check($"keys.{key.Name}", () => Check(key.Value, mode));
        }
    }

    private static void Check(JsonElement recorded, QsmpMode mode)
    {
        byte[] file = recorded.Bytes("qskey_file");
        using QsmpPrivateKey key = QsmpPrivateKey.Parse(file);
        using SecretBytes written = key.ToSecretBytes();
        Expect.Equal("private key file, written again", file, written.Span);
        Expect.Equal("private key file, by its fields", FileOf(recorded), file);

        byte[] publicFile = recorded.Bytes("qpkey_file_hex");
        QsmpPublicKey publicKey = QsmpPublicKey.Parse(publicFile);
        Expect.Equal("mode of the public key", mode.ToString(), publicKey.Mode.ToString());
        Expect.Equal("public key file, written again", publicFile, publicKey.ToBytes());
        Expect.Equal("public key file, from the private key", publicFile, key.GetPublicKey(mode).ToBytes());
    }

    private static byte[] FileOf(JsonElement recorded)
    {
        byte[] expiration = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(expiration, recorded.LongNumber("expiration"));
        return
        [
            .. recorded.Bytes("config"),
            .. expiration,
            .. recorded.Bytes("keyid"),
            .. recorded.Bytes("signing_key"),
            .. recorded.Bytes("verify_key"),
        ];
    }
}
