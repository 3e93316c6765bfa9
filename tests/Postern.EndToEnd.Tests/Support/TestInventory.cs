using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A folder with a root of set 1 and its inventory, which is open.</summary>
internal sealed class TestInventory : IDisposable
{
    public const string Actor = "somebody";

    private int _requests;

    /// <summary>Makes root, inventory and folder.</summary>
    /// <param name="place">The inventory's place; a file in the folder if null.</param>
    /// <param name="clock">The clock of keys and entries; one that stands still if null.</param>
    public TestInventory(Func<TestFolder, TestStore>? place = null, TimeProvider? clock = null)
    {
        Place = (place ?? SqliteTestStore.In)(Folder);
        Clock = clock ?? new StandingClock(CommandHost.VectorTime);
        Key = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "Test root", TimeSpan.FromDays(1000), Clock);
        Root = Key.CreateCertificate();
        Folder.Write("root_public_cert.qrr", Root.ToBytes());
        using (Postern.Cryptography.SecretBytes key = Key.ToSecretBytes()) Folder.Write("root_secret_key.qsk", key.Span);
        Place.Create(store => Inventory.Create(store, Root, Key, Clock, Actor));
        Reopen();
    }

    public TestFolder Folder { get; } = new();

    public TimeProvider Clock { get; }

    public RootKey Key { get; }

    public RootCertificate Root { get; }

    public TestStore Place { get; }

    public IInventoryStore Store { get; private set; } = null!;

    public Inventory Inventory { get; private set; } = null!;

    /// <summary>Options that name the root's certificate, for commands.</summary>
    public string[] CertificateArguments => ["--root-cert", Folder["root_public_cert.qrr"]];

    /// <summary>Options that name the root and its inventory, for commands.</summary>
    public string[] RootArguments => [.. CertificateArguments, .. Place.Arguments];

    /// <summary>Options that name the root, its inventory and its key, for commands.</summary>
    public string[] KeyArguments => [.. RootArguments, "--root-key", Folder["root_secret_key.qsk"]];

    public ServerCertificate Request(string? name = null)
    {
        using ServerKey key = ServerKey.Generate(Root.Suite, name ?? $"server {++_requests}", TimeSpan.FromDays(365), Clock);
        return key.CreateRequest();
    }

    public CertificateRecord Issue(string? name = null, int days = 90)
    {
        ServerCertificate request = Request(name);
        return Inventory.Issue(request, Key.SignCertificate(request, TimeSpan.FromDays(days), Clock), Key);
    }

    public CertificateRecord Renew(CertificateRecord former, int days = 100) =>
        Inventory.Renew(former, Key.SignCertificate(former.Parse(), TimeSpan.FromDays(days), Clock), Key);

    public RevocationRecord Revoke(CertificateRecord certificate) =>
        Inventory.Revoke(certificate.Serial, RevocationReason.KeyCompromise, Key);

    /// <summary>The same inventory once more, on a connection of its own.</summary>
    public (IInventoryStore Store, Inventory Inventory) OpenAgain()
    {
        IInventoryStore store = Place.Open();
        return (store, Inventory.Open(store, Root, Clock, Actor));
    }

    /// <summary>Closes it, changes it past every rule, and opens it without a look at its log.</summary>
    public void Tamper(string sql)
    {
        Store.Dispose();
        Place.Force(sql);
        Store = Place.Open();
        Inventory = Inventory.OpenForAudit(Store, Root, Clock, Actor);
    }

    public void Dispose()
    {
        Store.Dispose();
        Place.Dispose();
        Key.Dispose();
        Folder.Dispose();
    }

    private void Reopen() => (Store, Inventory) = OpenAgain();
}
