using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Storage;

namespace Postern.Load.Soak;

/// <summary>Keys and certificates of one pair as files, which can be broken and mended while it runs.</summary>
internal sealed class SoakFiles
{
    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _good = new(StringComparer.Ordinal);

    public SoakFiles(string folder, LoadKeys keys)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        using SecretBytes serverKey = keys.ServerKey.ToSecretBytes();
        AddSecret("server.qsk", serverKey);
        AddPublic("root.qrr", keys.Root.ToBytes());
        AddPublic("server.qrc", keys.Certificate.ToBytes());
        AddPeer("listener", keys.Listener);
        AddPeer("sender", keys.Sender);
    }

    public string ReadyFile(string role) => Path.Combine(_folder, $"{role}.ready");

    /// <summary>The options that name what the server's side is.</summary>
    public string[] Server(bool duplex) => duplex
        ? ["--protocol", "duplex", "--key", this["listener.qskey"], "--trust", this["sender.qpkey"]]
        : ["--root", this["root.qrr"], "--cert", this["server.qrc"], "--key", this["server.qsk"]];

    /// <summary>The options that name what the client's side is.</summary>
    public string[] Client(bool duplex) => duplex
        ? ["--protocol", "duplex", "--key", this["sender.qskey"], "--peer-key", this["listener.qpkey"]]
        : ["--root", this["root.qrr"], "--cert", this["server.qrc"], "--allow-client-ratchet"];

    /// <summary>Puts rubbish where a certificate or public key was that each side reads.</summary>
    public void Break(bool duplex)
    {
        foreach (string name in Shown(duplex)) AtomicFile.WritePublic(this[name], "neither a certificate nor a key"u8, overwrite: true);
    }

    public void Mend(bool duplex)
    {
        foreach (string name in Shown(duplex)) AtomicFile.WritePublic(this[name], _good[name], overwrite: true);
    }

    private string this[string name] => Path.Combine(_folder, name);

    private static string[] Shown(bool duplex) => duplex ? ["sender.qpkey", "listener.qpkey"] : ["server.qrc"];

    private void AddPeer(string name, QsmpPrivateKey key)
    {
        using (key)
        using (SecretBytes secret = key.ToSecretBytes())
        {
            AddSecret($"{name}.qskey", secret);
            AddPublic($"{name}.qpkey", key.GetPublicKey(QsmpMode.Duplex).ToBytes());
        }
    }

    private void AddPublic(string name, byte[] bytes)
    {
        _good[name] = bytes;
        AtomicFile.WritePublic(this[name], bytes);
    }

    private void AddSecret(string name, SecretBytes secret) => AtomicFile.WriteSecret(this[name], secret.Span);
}
