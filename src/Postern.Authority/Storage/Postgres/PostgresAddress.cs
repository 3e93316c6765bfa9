using System.Net;
using Npgsql;

namespace Postern.Authority.Storage;

/// <summary>
/// Which database, and how to get there: <c>postgres://user@host:port/database?sslmode=…</c> or <c>Host=…;Database=…</c>. A password comes
/// from PGPASSWORD or a password file, never from here: other users see the arguments of a process.
/// </summary>
internal sealed class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    private readonly NpgsqlConnectionStringBuilder _builder;

    private PostgresAddress(NpgsqlConnectionStringBuilder builder, string text)
    {
        if (builder.Password is not null)
        {
            throw new ArgumentException("A password is not for the command line, where others see it: put it into PGPASSWORD or a file that PGPASSFILE names.", nameof(text));
        }

        if (builder.Host is null || builder.Database is null) throw new ArgumentException("An inventory in PostgreSQL needs a host and a database.", nameof(text));
        bool isChosen = builder.ShouldSerialize("SSL Mode");
        _builder = builder;
        if (!isChosen) _builder.SslMode = IsSocket ? SslMode.Disable : IsLoopback(builder.Host) ? SslMode.Prefer : SslMode.VerifyFull;
        _builder.Pooling = false;
        _builder.Enlist = false;
        _builder.PersistSecurityInfo = false;
        _builder.IncludeErrorDetail = false;
        _builder.ApplicationName ??= "postern";
        // A writer may wait for as long as PostgresInventoryStore says, and a signature of another takes its time.
        _builder.CommandTimeout = 2 * PostgresInventoryStore.BusySeconds;
    }

    /// <summary>Server and database, for messages.</summary>
    public string Name => IsSocket
        ? $"PostgreSQL database {_builder.Database} at {_builder.Host}"
        : $"PostgreSQL database {_builder.Database} at {_builder.Host}:{_builder.Port}";

    public string ConnectionString => _builder.ConnectionString;

    /// <summary>How the connection is protected.</summary>
    public SslMode SslMode => _builder.SslMode;

    private bool IsSocket => _builder.Host!.StartsWith('/') || _builder.Host.StartsWith('@');

    /// <summary>Tells an address from a file's path.</summary>
    public static bool IsAddress(string text) =>
        Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        || text.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("Server=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an address.</summary>
    /// <exception cref="ArgumentException">It is no address, or has a password in it.</exception>
    public static PostgresAddress Parse(string text)
    {
        if (Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))) return new PostgresAddress(OfUri(text), text);
        try
        {
            return new PostgresAddress(new NpgsqlConnectionStringBuilder(text), text);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or FormatException)
        {
            throw new ArgumentException($"The inventory's address is wrong: {exception.Message}", nameof(text), exception);
        }
    }

    private static NpgsqlConnectionStringBuilder OfUri(string text)
    {
        // A password may have any sign in it, and a message must not show one: so nothing of the text is repeated.
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)) throw new ArgumentException("The inventory's address is no URI: postgres://user@host/database", nameof(text));
        NpgsqlConnectionStringBuilder builder = [];
        if (uri.Host.Length > 0) builder.Host = uri.DnsSafeHost;
        if (uri.Port > 0) builder.Port = uri.Port;
        if (Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) is { Length: > 0 } database) builder.Database = database;
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = "given";
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)) Add(builder, pair.Split('=', 2));
        return builder;
    }

    private static void Add(NpgsqlConnectionStringBuilder builder, string[] pair)
    {
        string keyword = pair[0].ToLowerInvariant() switch
        {
            "host" => "Host",
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "passfile" => "Passfile",
            "password" => "Password",
            _ => throw new ArgumentException("In the inventory's address only host, sslmode, sslrootcert, sslcert, sslkey and passfile may follow the '?'.", nameof(pair)),
        };
        string value = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : string.Empty;
        builder[keyword] = keyword == "SSL Mode" ? value.Replace("-", string.Empty, StringComparison.Ordinal) : value;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
