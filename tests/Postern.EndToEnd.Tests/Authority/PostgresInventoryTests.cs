using Npgsql;
using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>What only a server can do, or fail to do.</summary>
public sealed class PostgresInventoryTests : IDisposable
{
    private const string Password = "not for messages";

    private readonly PostgresTestStore _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Commands_begin_use_and_copy_an_inventory_in_a_database()
    {
        using TestRoot root = await TestRoot.CreateAsync();
        string[] inventory = ["--inventory", _place.Address];
        string[] init = ["root", "init", "--root-cert", root.Certificate, "--root-key", root.Key, .. inventory];
        Assert.Contains("no inventory", (await CommandHost.Run(root.SignArguments([root.Request, "--yes", .. inventory]))).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.Contains(PostgresTestStore.Server.Folder, (await CommandHost.Run(init)).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("never replaced", (await CommandHost.Run(init)).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        (await CommandHost.Run(root.SignArguments([root.Request, "--yes", .. inventory]))).Expect(ExitCode.Success);
        Assert.False(File.Exists(root.Folder["root_inventory.db"]));

        // The copy needs no server, and is an inventory with the same log.
        string copy = root.Folder["copy.db"];
        string[] audit = ["root", "audit", "--verify", "--root-cert", root.Certificate, "--inventory"];
        (await CommandHost.Run(["root", "backup", copy, "--root-cert", root.Certificate, .. inventory])).Expect(ExitCode.Success);
        Assert.Equal(
            (await CommandHost.Run([.. audit, _place.Address])).Expect(ExitCode.Success).Output,
            (await CommandHost.Run([.. audit, copy])).Expect(ExitCode.Success).Output);
    }

    [Fact]
    public void What_cannot_be_filled_is_not_there()
    {
        Assert.Throws<InvalidOperationException>(() => _place.Create(store =>
        {
            using IInventoryTransaction transaction = store.BeginWrite();
            throw new InvalidOperationException("no root");
        }));
        Assert.Equal(InventoryError.NotAnInventory, Assert.Throws<InventoryException>(() => _place.Open()).Error);
        Assert.Equal(0, PostgresTestStore.Server.ReadNumber("postgres", "SELECT count(*) FROM pg_namespace WHERE nspname = 'postern'"));
    }

    [Theory]
    [InlineData("INSERT INTO audit SELECT * FROM audit ON CONFLICT (number) DO UPDATE SET actor = 'x'", "append-only")]
    [InlineData("TRUNCATE audit CASCADE", "append-only")]
    [InlineData("TRUNCATE certificates CASCADE", "is kept")]
    [InlineData("TRUNCATE revocations", "is final")]
    public void The_past_is_not_changed_in_the_ways_of_this_server_either(string sql, string message)
    {
        using TestInventory test = new(PostgresTestStore.In);
        test.Revoke(test.Issue());
        Assert.Contains(message, Assert.Throws<PostgresException>(() => test.Place.Execute(sql)).MessageText, StringComparison.Ordinal);
        Assert.Empty(test.Inventory.Verify().Findings);
    }

    [Fact]
    public void A_connection_that_the_server_has_ended_is_made_anew()
    {
        using TestInventory test = new(PostgresTestStore.In);
        test.Issue();
        test.Place.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.Equal(InventoryError.Storage, Assert.Throws<InventoryException>(() => test.Inventory.ReadLastNumber()).Error);
        Assert.Equal(2, test.Inventory.ReadLastNumber());
        test.Issue();
        Assert.Empty(test.Inventory.Verify().Findings);
    }

    [Fact]
    public void A_user_with_the_documented_rights_can_do_all_but_change_the_past()
    {
        using TestInventory test = new(PostgresTestStore.In);
        PostgresTestStore place = (PostgresTestStore)test.Place;
        place.Execute($"CREATE ROLE clerk LOGIN PASSWORD '{Password}'; {Documentation.Rights("clerk")}");
        string address = place.AddressOf("clerk", test.Folder.Write("pgpass", System.Text.Encoding.ASCII.GetBytes($"*:*:*:clerk:{Password}\n")));
        try
        {
            using PostgresInventoryStore store = PostgresInventoryStore.Open(PostgresAddress.Parse(address));
            Inventory inventory = Inventory.Open(store, test.Root, test.Clock, TestInventory.Actor);
            Qstp.Certificates.ServerCertificate request = test.Request();
            CertificateRecord issued = inventory.Issue(request, test.Key.SignCertificate(request, null, test.Clock), test.Key);
            inventory.Renew(issued, test.Key.SignCertificate(issued.Parse(), TimeSpan.FromDays(9), test.Clock), test.Key);
            inventory.Revoke(issued.Serial, Qstp.Certificates.RevocationReason.Cessation, test.Key);
            inventory.PublishRevocations(test.Key, TimeSpan.FromDays(7));
            Assert.Empty(inventory.Verify().Findings);

            using NpgsqlConnection connection = new($"{address};Pooling=false");
            connection.Open();
            foreach (string sql in (string[])["ALTER TABLE postern.audit DISABLE TRIGGER ALL", "DROP TABLE postern.revocations", "DELETE FROM postern.requests"])
            {
#pragma warning disable CA2100 // The test's own statements.
                using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, Assert.Throws<PostgresException>(() => command.ExecuteNonQuery()).SqlState);
            }
        }
        finally
        {
            place.Execute("DROP OWNED BY clerk; DROP ROLE clerk;");
        }
    }

    [Fact]
    public void What_the_server_refuses_is_said_in_words_and_without_the_password()
    {
        using TestFolder folder = new();
        string passwords = folder.Write("pgpass", System.Text.Encoding.ASCII.GetBytes($"*:*:*:nobody_there:{Password}\n"));
        Expect("the password is wrong", _place.AddressOf("nobody_there", passwords));
        Expect("no such database", PostgresTestStore.Server.Address("missing"));
        Expect("there is no connection", $"Host={folder.Root};Username=postgres;Database=x");
        Expect("there is no connection", "postgres://postgres@127.0.0.1:1/x");
        Expect("No password", _place.AddressOf("nobody_there", folder.Write("empty", [])));
    }

    [Theory]
    [InlineData("postgres://me:secret@db.example.org/x")]
    [InlineData("postgres://me@db.example.org/x?password=secret")]
    [InlineData("Host=db.example.org;Database=x;Password=secret")]
    [InlineData("postgres://me@db.example.org/x?options=secret")]
    [InlineData("postgres://me:secret@db.example.org:port/x")]
    [InlineData("postgres://me@db.example.org")]
    [InlineData("Host=db.example.org")]
    [InlineData("Host=db.example.org;Database=x;Secret=secret")]
    [InlineData("postgres://db.example.org/x?sslmode=secure")]
    public async Task An_address_that_is_wrong_or_has_a_password_is_refused_and_not_repeated(string address)
    {
        using TestInventory test = new();
        CommandResult result = await CommandHost.Run(["root", "list", .. test.RootArguments, "--inventory", address]);
        Assert.DoesNotContain("=secret", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.DoesNotContain(":secret", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me@db.example.org/x", SslMode.VerifyFull)]
    [InlineData("postgresql://me@192.0.2.1:5433/x", SslMode.VerifyFull)]
    [InlineData("Host=db.example.org;Database=x", SslMode.VerifyFull)]
    [InlineData("Server=db.example.org;Database=x;SSL Mode=Require", SslMode.Require)]
    [InlineData("postgres://me@db.example.org/x?sslmode=verify-ca", SslMode.VerifyCA)]
    [InlineData("postgres://localhost/x", SslMode.Prefer)]
    [InlineData("postgres://[::1]/x", SslMode.Prefer)]
    [InlineData("postgres:///x?host=/run/postgresql", SslMode.Disable)]
    public void A_connection_over_a_network_is_verified_unless_told_otherwise(string address, SslMode mode) =>
        Assert.Equal(mode, PostgresAddress.Parse(address).SslMode);

    [Fact]
    public void Every_store_knows_the_same_versions() => Assert.Equal(SqliteSchema.Steps.Count, PostgresSchema.Steps.Count);

    private static void Expect(string message, string address)
    {
        InventoryException exception = Assert.Throws<InventoryException>(() => PostgresInventoryStore.Open(PostgresAddress.Parse(address)));
        Assert.Equal(InventoryError.Storage, exception.Error);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, exception.ToString(), StringComparison.Ordinal);
    }
}
