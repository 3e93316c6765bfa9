using System.Globalization;
using Postern.Cli.Terminal;

namespace Postern.Cli.Status;

/// <summary>Where running processes have their status sockets: a folder that only its owner enters, one socket a process.</summary>
internal static class StatusFolder
{
    private const string Extension = ".sock";
    private const string Name = "postern";

    // XDG_RUNTIME_DIR of the unit files is a folder in there.
    private const string Services = "/run/postern";
    private const UnixFileMode OwnMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder, whether it is there or not; null where the user has none.</summary>
    public static string? Find(CommandTerminal terminal)
    {
        if (terminal.GetVariable("XDG_RUNTIME_DIR") is { } runtime && Path.IsPathFullyQualified(runtime)) return Path.Combine(runtime, Name);
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0 ? Path.Combine(data, Name, "run") : null;
    }

    /// <summary>The folders of the services that systemd runs, which root alone can look into.</summary>
    public static IEnumerable<string> OfServices() => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Directory.Exists(Services)
        ? Directory.EnumerateDirectories(Services).Order(StringComparer.Ordinal).Select(service => Path.Combine(service, Name)).Where(Directory.Exists)
        : [];

    /// <summary>The socket of this process, in a folder that is made if need be.</summary>
    public static string Create(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnMode);
        ExpectPrivate(folder);
        return Path.Combine(folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + Extension);
    }

    /// <summary>Nobody else may put sockets there, or take ours away.</summary>
    /// <exception cref="UnauthorizedAccessException">Others than its owner have rights to the folder.</exception>
    public static void ExpectPrivate(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder) || (File.GetUnixFileMode(folder) & ~OwnMode) == UnixFileMode.None) return;
        throw new UnauthorizedAccessException($"others than its owner can use {folder}: run 'chmod 700' on it.");
    }

    /// <summary>The sockets that are there, of processes that run or have crashed.</summary>
    public static IEnumerable<(int ProcessId, string Path)> Sockets(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (string path in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out int process)) yield return (process, path);
        }
    }
}
