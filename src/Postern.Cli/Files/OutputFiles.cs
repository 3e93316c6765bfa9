using Postern.Cli.Terminal;
using Postern.Storage;

namespace Postern.Cli.Files;

/// <summary>Writes files whole or not at all, and replaces none without being told to.</summary>
internal static class OutputFiles
{
    public const string StandardOutput = "-";

    /// <summary>A file in a folder; one in the current folder has its bare name.</summary>
    public static string In(string folder, string name) => folder == "." ? name : Path.Combine(folder, name);

    /// <summary>Fails before any work is done if one of the files is there.</summary>
    public static void ExpectAbsent(bool force, params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            if (Directory.Exists(path)) throw new CommandException(ExitCode.File, $"{path} is a folder; a file of that name is to be written.");
            if (!force && !IsDevice(path) && File.Exists(path)) throw Exists(path);
        }
    }

    /// <summary>Fails unless new files can go to this folder, which need not be there yet.</summary>
    public static void ExpectFolder(string path)
    {
        if (path == StandardOutput) throw new CommandException(ExitCode.Usage, "--out is a folder here: several files are written.");
        if (File.Exists(path)) throw new CommandException(ExitCode.Usage, $"--out is a folder here, and {path} is a file.");
    }

    /// <summary>Fails unless the file's folder is there.</summary>
    public static void ExpectFolderOf(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        if (!Directory.Exists(folder)) throw new CommandException(ExitCode.File, $"The folder {folder} does not exist.");
    }

    public static void WritePublic(CommandTerminal terminal, string path, ReadOnlySpan<byte> data, bool force)
    {
        if (path == StandardOutput)
        {
            terminal.RawOutput.Write(data);
            terminal.RawOutput.Flush();
            return;
        }

        if (IsDevice(path))
        {
            using FileStream device = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            device.Write(data);
            return;
        }

        if (!force && File.Exists(path)) throw Exists(path);
        AtomicFile.WritePublic(path, data, force);
    }

    /// <summary>Writes a key and the certificate made from it, both or none, and makes their folder.</summary>
    public static void WritePair(string keyPath, ReadOnlySpan<byte> key, string certificatePath, ReadOnlySpan<byte> certificate, bool force)
    {
        MakeFolder(Path.GetDirectoryName(Path.GetFullPath(keyPath))!);
        AtomicFile.WritePair(keyPath, key, certificatePath, certificate, force);
    }

    /// <summary>Makes a folder, with those above it, unless it is there.</summary>
    public static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.File, $"The folder {path} does not exist and cannot be made: {exception.Message}");
        }
    }

    // A rename would put a file in the place of /dev/null, or of the pipe behind /dev/fd/63.
    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);

    private static CommandException Exists(string path) =>
        new(ExitCode.File, $"{path} exists already; --force replaces it.");
}
