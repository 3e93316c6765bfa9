using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>Keys and certificates of small sets, made once; valid from now on, for servers and clients here go by the system's clock.</summary>
internal static class TestIdentities
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private static readonly Lazy<(VerifiedServer Verified, ServerIdentity Identity)> Chain = new(CreateChain);

    public static VerifiedServer Verified => Chain.Value.Verified;

    public static QstpServerOptions Qstp { get; } = new() { Identities = [Chain.Value.Identity], PacketTolerance = TimeSpan.FromHours(1) };

    public static QsmpPrivateKey Listener { get; } = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS1KyberS1, Validity);

    public static QsmpPrivateKey Peer { get; } = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS1KyberS1, Validity);

    public static QsmpPrivateKey Stranger { get; } = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS1KyberS1, Validity);

    public static QsmpSimplexServerOptions Simplex { get; } = new() { Keys = [Listener] };

    public static QsmpDuplexListenOptions Duplex { get; } =
        new() { Keys = [Listener], TrustedKeys = TrustedKeys.Of(Peer.GetPublicKey(QsmpMode.Duplex)) };

    private static (VerifiedServer Verified, ServerIdentity Identity) CreateChain()
    {
        Suite suite = QstpSuites.DilithiumS1KyberS1;
        using RootKey rootKey = RootKey.Generate(suite, "test root", Validity);
        ServerKey serverKey = ServerKey.Generate(suite, "test server", Validity);
        RootCertificate root = rootKey.CreateCertificate();
        ServerCertificate certificate = rootKey.SignCertificate(serverKey.CreateRequest());
        return (root.Verify(certificate), ServerIdentity.Create(root, certificate, serverKey));
    }
}
