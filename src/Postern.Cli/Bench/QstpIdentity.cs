using Postern.Qstp.Certificates;

namespace Postern.Cli.Bench;

/// <summary>A server's identity under a root of its own, and what a client makes of it.</summary>
internal sealed class QstpIdentity : IDisposable
{
    public QstpIdentity(Suite suite)
    {
        using RootKey root = RootKey.Generate(suite, "measure", TimeSpan.FromDays(2));
        ServerKey key = ServerKey.Generate(suite, "measure", TimeSpan.FromDays(1));
        RootCertificate rootCertificate = root.CreateCertificate();
        ServerCertificate certificate = root.SignCertificate(key.CreateRequest());
        Verified = rootCertificate.Verify(certificate);
        Identity = ServerIdentity.Create(rootCertificate, certificate, key);
    }

    public ServerIdentity Identity { get; }

    public VerifiedServer Verified { get; }

    public void Dispose() => Identity.Dispose();
}
