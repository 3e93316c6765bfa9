using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A key of a DUPLEX peer, made once; and as files for the command.</summary>
internal sealed class PeerKeys
{
    private static readonly Lazy<PeerKeys> AliceMade = new(() => new PeerKeys("alice"));
    private static readonly Lazy<PeerKeys> BobMade = new(() => new PeerKeys("bob"));
    private static readonly Lazy<PeerKeys> EveMade = new(() => new PeerKeys("eve"));

    private PeerKeys(string name)
    {
        Private = QsmpPrivateKey.Generate(QsmpSuites.FromName(QsmpSuites.All[0].Name), TimeSpan.FromDays(30));
        Public = Private.GetPublicKey(QsmpMode.Duplex);
        string folder = TestKeys.Default.Folder;
        PrivateFile = Path.Combine(folder, $"{name}.qskey");
        PublicFile = Path.Combine(folder, $"{name}.qpkey");
        using SecretBytes secret = Private.ToSecretBytes();
        AtomicFile.WriteSecret(PrivateFile, secret.Span);
        AtomicFile.WritePublic(PublicFile, Public.ToBytes());
    }

    /// <summary>The one who sends.</summary>
    public static PeerKeys Alice => AliceMade.Value;

    /// <summary>The one who receives.</summary>
    public static PeerKeys Bob => BobMade.Value;

    /// <summary>Whom nobody trusts.</summary>
    public static PeerKeys Eve => EveMade.Value;

    public QsmpPrivateKey Private { get; }

    public QsmpPublicKey Public { get; }

    public string PrivateFile { get; }

    public string PublicFile { get; }
}
