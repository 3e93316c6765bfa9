using Postern.Cryptography;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A root and a server, made once; and as files for the command.</summary>
internal sealed class TestKeys
{
    private static readonly Lazy<TestKeys> Made = new(() => new TestKeys("server", null));
    private static readonly Lazy<TestKeys> RenewedMade = new(() => new TestKeys("renewed", Default._rootKey));
    private static readonly Lazy<TestKeys> OtherMade = new(() => new TestKeys("other", null));

    private readonly byte[] _rootKey;
    private readonly byte[] _serverKey;

    private TestKeys(string name, byte[]? root)
    {
        using RootKey rootKey = root is null ? RootKey.Generate(QstpSuites.Default, $"{name} root", TimeSpan.FromDays(300)) : RootKey.Parse(root);
        using ServerKey serverKey = ServerKey.Generate(QstpSuites.Default, name, TimeSpan.FromDays(300));
        Root = rootKey.CreateCertificate();
        Certificate = rootKey.SignCertificate(serverKey.CreateRequest());
        using SecretBytes rootSecret = rootKey.ToSecretBytes();
        using SecretBytes serverSecret = serverKey.ToSecretBytes();
        _rootKey = rootSecret.Span.ToArray();
        _serverKey = serverSecret.Span.ToArray();
        Folder = Directory.CreateTempSubdirectory("postern-e2e-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);
        AtomicFile.WritePublic(RootFile, Root.ToBytes());
        AtomicFile.WritePublic(CertificateFile, Certificate.ToBytes());
        AtomicFile.WriteSecret(KeyFile, _serverKey);
    }

    public static TestKeys Default => Made.Value;

    /// <summary>The same root with another server.</summary>
    public static TestKeys Renewed => RenewedMade.Value;

    /// <summary>Another root with another server.</summary>
    public static TestKeys Other => OtherMade.Value;

    public string Folder { get; }

    public string RootFile => Path.Combine(Folder, "root.qrr");

    public string CertificateFile => Path.Combine(Folder, "server.qrc");

    public string KeyFile => Path.Combine(Folder, "server.qsk");

    public RootCertificate Root { get; }

    public ServerCertificate Certificate { get; }

    public VerifiedServer Verified => Root.Verify(Certificate);

    public ServerIdentity CreateIdentity() => ServerIdentity.Create(Root, Certificate, ServerKey.Parse(_serverKey));
}
