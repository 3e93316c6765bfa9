using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>A root, a server of its own, and what says whether that is revoked.</summary>
internal sealed class RevocableServer : IAsyncDisposable
{
    private readonly RootKey _rootKey;
    private readonly ServerKey _serverKey;
    private RevocationList _list;

    private RevocableServer()
    {
        _rootKey = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "test root", TimeSpan.FromDays(30));
        _serverKey = ServerKey.Generate(QstpSuites.DilithiumS1KyberS1, "test server", TimeSpan.FromDays(30));
        RootCertificate root = _rootKey.CreateCertificate();
        ServerCertificate certificate = _rootKey.SignCertificate(_serverKey.CreateRequest());
        Verified = root.Verify(certificate);
        Identity = ServerIdentity.Create(root, certificate, _serverKey);
        _list = Sign(1);
    }

    public VerifiedServer Verified { get; }

    public ServerIdentity Identity { get; }

    public RevocationMonitor Monitor { get; private set; } = null!;

    public static async Task<RevocableServer> CreateAsync()
    {
        RevocableServer server = new();
        server.Monitor = await RevocationMonitor.StartAsync(
            server._rootKey.CreateCertificate(),
            RevocationSource.FromStream("test", _ => Task.FromResult<Stream>(new MemoryStream(server._list.ToBytes()))));
        return server;
    }

    public Task RevokeAsync()
    {
        _list = Sign(2, new RevocationEntry(Identity.Certificate.SerialNumber, TimeProvider.System.GetUtcNow(), RevocationReason.KeyCompromise));
        return Monitor.RefreshAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync();
        Identity.Dispose();
        _serverKey.Dispose();
        _rootKey.Dispose();
    }

    private RevocationList Sign(long number, params RevocationEntry[] entries)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return _rootKey.SignRevocations(number, entries, now, now.AddDays(1));
    }
}
