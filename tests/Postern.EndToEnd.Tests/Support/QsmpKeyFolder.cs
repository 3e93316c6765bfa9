using Postern.Qsmp;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Fresh QSMP keys of the smallest set, in files: a SIMPLEX server and two DUPLEX peers.</summary>
internal sealed class QsmpKeyFolder : IDisposable
{
    public QsmpKeyFolder()
    {
        Folder = Directory.CreateTempSubdirectory("postern-peers-").FullName;
        (ServerKey, ServerPublic) = Write("server", QsmpMode.Simplex);
        (AliceKey, AlicePublic) = Write("alice", QsmpMode.Duplex);
        (BobKey, BobPublic) = Write("bob", QsmpMode.Duplex);
    }

    public string Folder { get; }

    public string ServerKey { get; }

    public string ServerPublic { get; }

    public string AliceKey { get; }

    public string AlicePublic { get; }

    public string BobKey { get; }

    public string BobPublic { get; }

    /// <summary>What Alice needs to let Bob in.</summary>
    public string[] Listener => ["--protocol", "duplex", "--key", AliceKey, "--trust", BobPublic];

    /// <summary>What Bob needs to reach Alice.</summary>
    public string[] Sender => ["--protocol", "duplex", "--key", BobKey, "--peer-key", AlicePublic];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private (string Private, string Public) Write(string name, QsmpMode mode)
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS1KyberS1);
        string privatePath = Path.Combine(Folder, $"{name}_secret_key.qskey");
        string publicPath = Path.Combine(Folder, $"{name}_public_key.qpkey");
        AtomicFile.WriteSecret(privatePath, key.ToSecretBytes().Span);
        AtomicFile.WritePublic(publicPath, key.GetPublicKey(mode).ToBytes());
        return (privatePath, publicPath);
    }
}
