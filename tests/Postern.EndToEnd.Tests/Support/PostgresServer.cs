using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>
/// One PostgreSQL server for a test run, on a socket in a temporary folder. Its administrator, postgres, needs no password; every other
/// user does.
/// </summary>
internal sealed class PostgresServer
{
    private const string Administrator = "postgres";

    // It ends with the test run, however that ends: then nobody holds the other end of its input. Its folder goes with it.
    private const string Keeper = "folder=$1; shift; \"$@\" & exec >/dev/null 2>&1; read -r _; kill -INT $!; wait; rm -rf \"$folder\"";

    private static readonly Lazy<PostgresServer?> Running = new(() => FindTools() is { } tools ? new PostgresServer(tools) : null);

    private readonly string _folder = Directory.CreateTempSubdirectory("postern-pg-").FullName;
    private readonly Process _process;

    private PostgresServer(string tools)
    {
        string data = Path.Combine(_folder, "data");
        if (IsRoot) Run("chown", Account, _folder);
        Run([.. AsAccount, Path.Combine(tools, "initdb"), "-D", data, "-U", Administrator, "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync"]);
        string access = Path.Combine(_folder, "pg_hba.conf");
        AtomicFile.WritePublic(access, Encoding.ASCII.GetBytes($"local all {Administrator} trust\nlocal all all scram-sha-256\n"));
        _process = Start(
            [
                .. AsAccount, "sh", "-c", Keeper, "sh", _folder, Path.Combine(tools, "postgres"), "-D", data, "-k", _folder,
                "-c", $"hba_file={access}", "-c", "listen_addresses=", "-c", "shared_buffers=16MB",
            ]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        WaitUntilReady();
    }

    /// <summary>The folder of its socket.</summary>
    public string Folder => _folder;

    private static bool IsRoot => Environment.IsPrivilegedProcess;

    // PostgreSQL refuses to run as root.
    private static string Account => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static string[] AsAccount => IsRoot ? ["setpriv", $"--reuid={Account}", $"--regid={(Account == "nobody" ? "nogroup" : Account)}", "--clear-groups"] : [];

    /// <summary>The server, started by the first that needs it. A test is skipped where PostgreSQL is not installed.</summary>
    public static PostgresServer Require()
    {
        if (Running.Value is null) Assert.Skip("PostgreSQL's server (initdb, postgres) is not installed.");
        return Running.Value;
    }

    /// <summary>A database's address as the command takes it.</summary>
    public string Address(string database, string user = Administrator, string? passwordFile = null) =>
        $"Host={_folder};Username={user};Database={database}" + (passwordFile is null ? string.Empty : $";Passfile={passwordFile}");

    /// <summary>Runs statements as the administrator; returns how many rows changed.</summary>
    public int Execute(string database, string sql) => Use(database, sql, command => command.ExecuteNonQuery());

    public long ReadNumber(string database, string sql) =>
        Use(database, sql, command => Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture));

#pragma warning disable CA2100 // The tests' own statements.
    private T Use<T>(string database, string sql, Func<NpgsqlCommand, T> use)
    {
        using NpgsqlConnection connection = new($"{Address(database)};Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        return use(command);
    }
#pragma warning restore CA2100

    private static string? FindTools()
    {
        if (OperatingSystem.IsWindows()) return null;
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> versions = Directory.Exists(Debian) ? Directory.EnumerateDirectories(Debian).Select(folder => Path.Combine(folder, "bin")) : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private Process Start(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private void Run(params string[] command)
    {
        using Process process = Start(command);
        string messages = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {messages}");
    }

    private void WaitUntilReady()
    {
        List<string> log = [];
        while (_process.StandardError.ReadLine() is { } line)
        {
            log.Add(line);
            if (!line.Contains("ready to accept connections", StringComparison.Ordinal)) continue;
            // What nobody reads would stop it in the end.
            _ = Task.Run(() => _process.StandardError.BaseStream.CopyTo(Stream.Null));
            return;
        }

        Assert.Fail($"PostgreSQL does not start: {string.Join('\n', log)}");
    }

    private void Stop()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }
}
