using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Load;

/// <summary>Throw-away keys of both ends, in a folder that every process of a run reads.</summary>
internal sealed class LoadKeys(string folder)
{
    public string Folder => folder;

    public RootCertificate Root => RootCertificate.Parse(Read("root"));

    public ServerCertificate Certificate => ServerCertificate.Parse(Read("certificate"));

    public ServerKey ServerKey => ServerKey.Parse(Read("server"));

    public QsmpPrivateKey Listener => QsmpPrivateKey.Parse(Read("listener"));

    public QsmpPrivateKey Sender => QsmpPrivateKey.Parse(Read("sender"));

    public X509Certificate2 Tls => X509CertificateLoader.LoadPkcs12(Read("tls"), password: null);

    /// <summary>Makes keys of one set of QSTP and of the set of QSMP with the same algorithms.</summary>
    public static LoadKeys Create(string folder, Suite suite)
    {
        LoadKeys keys = new(folder);
        using RootKey rootKey = RootKey.Generate(suite, "load root", TimeSpan.FromDays(2));
        using ServerKey serverKey = ServerKey.Generate(suite, "load server", TimeSpan.FromDays(1));
        keys.Write("root", rootKey.CreateCertificate().ToBytes());
        keys.Write("certificate", rootKey.SignCertificate(serverKey.CreateRequest()).ToBytes());
        using (SecretBytes bytes = serverKey.ToSecretBytes()) keys.Write("server", bytes.Span);

        Suite messaging = QsmpSuites.All.First(other => other.Signature == suite.Signature && other.Kem == suite.Kem);
        foreach (string name in (string[])["listener", "sender"])
        {
            using QsmpPrivateKey key = QsmpPrivateKey.Generate(messaging);
            using SecretBytes bytes = key.ToSecretBytes();
            keys.Write(name, bytes.Span);
        }

        using ECDsa tlsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", tlsKey, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 tls = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        keys.Write("tls", tls.Export(X509ContentType.Pkcs12));
        return keys;
    }

    private byte[] Read(string name) => File.ReadAllBytes(Path.Combine(folder, name));

    private void Write(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes);
}
