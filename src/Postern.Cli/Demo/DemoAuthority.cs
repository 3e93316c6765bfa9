using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Cli.Demo;

/// <summary>A root, a server and their files in the demo's folder; written and read back as an operator would.</summary>
internal sealed class DemoAuthority : IDisposable
{
    private DemoAuthority(RootCertificate root, ServerCertificate certificate, ServerIdentity identity)
    {
        Root = root;
        Certificate = certificate;
        Identity = identity;
    }

    public RootCertificate Root { get; }

    public ServerCertificate Certificate { get; }

    public ServerIdentity Identity { get; }

    public static DemoAuthority Create(Suite suite, string folder, string name)
    {
        string rootPath = Path.Combine(folder, name + ".root_public_cert.qrr");
        string keyPath = Path.Combine(folder, name + ".server_secret_key.qsk");
        string certificatePath = Path.Combine(folder, name + ".server_public_cert.qrc");
        using (RootKey rootKey = RootKey.Generate(suite, name + " root", TimeSpan.FromDays(30)))
        using (ServerKey serverKey = ServerKey.Generate(suite, name + " server", TimeSpan.FromDays(7)))
        {
            AtomicFile.WritePublic(rootPath, rootKey.CreateCertificate().ToBytes());
            using (Cryptography.SecretBytes key = serverKey.ToSecretBytes()) AtomicFile.WriteSecret(keyPath, key.Span);
            AtomicFile.WritePublic(certificatePath, rootKey.SignCertificate(serverKey.CreateRequest()).ToBytes());
        }

        RootCertificate root = RootCertificate.Parse(File.ReadAllBytes(rootPath));
        ServerCertificate certificate = ServerCertificate.Parse(File.ReadAllBytes(certificatePath));
        ServerIdentity identity = ServerIdentity.Create(root, certificate, ServerKey.Parse(File.ReadAllBytes(keyPath)));
        return new DemoAuthority(root, certificate, identity);
    }

    public void Dispose() => Identity.Dispose();
}
