using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Storage;

namespace Postern.Cli.Commands.Keys;

/// <summary>The folder whose keys a DUPLEX listener accepts.</summary>
internal sealed class TrustFolder
{
    private const string Extension = ".qpkey";

    private const UnixFileMode OwnMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly CommandTerminal _terminal;

    private TrustFolder(CommandTerminal terminal, string path)
    {
        _terminal = terminal;
        Path = path;
    }

    public string Path { get; }

    public bool Exists => Directory.Exists(Path);

    /// <summary>The folder that was named, else the user's own.</summary>
    public static TrustFolder Open(CommandTerminal terminal, string? path)
    {
        if (path is null) return new TrustFolder(terminal, System.IO.Path.Combine(ConfigurationFolder(terminal), "postern", "trusted"));
        if (path == FileBytes.StandardInput) throw new CommandException(ExitCode.Usage, "--folder is a folder.");
        if (File.Exists(path)) throw new CommandException(ExitCode.Usage, $"--folder is a folder, and {path} is a file.");
        return new TrustFolder(terminal, path);
    }

    /// <summary>Its key files, by name, broken ones too; none if there is no folder.</summary>
    public List<TrustedFile> Read()
    {
        if (!Exists) return [];
        WarnIfWritableByOthers();
        return [.. Directory.EnumerateFiles(Path, "*" + Extension).Order(StringComparer.Ordinal).Select(Read)];
    }

    /// <summary>Writes a key, in a folder that only its owner enters if it has to be made.</summary>
    /// <returns>The file.</returns>
    public string Add(QsmpPublicKey key, string? name)
    {
        string file = System.IO.Path.Combine(Path, (name ?? key.KeyIdentity) + Extension);
        if (File.Exists(file)) throw new CommandException(ExitCode.File, $"{file} exists already: choose another --name.");
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
            else Directory.CreateDirectory(Path, OwnMode);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.File, $"The folder {Path} does not exist and cannot be made: {exception.Message}");
        }

        AtomicFile.WritePublic(file, key.ToBytes());
        return file;
    }

    // XDG: a relative path is to be ignored.
    private static string ConfigurationFolder(CommandTerminal terminal)
    {
        if (terminal.GetVariable("XDG_CONFIG_HOME") is { } folder && System.IO.Path.IsPathFullyQualified(folder)) return folder;
        string data = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0 ? data : throw new CommandException(ExitCode.Usage, "You have no configuration folder here: say --folder DIR.");
    }

    private TrustedFile Read(string path)
    {
        try
        {
            using FileBytes bytes = FileBytes.Read(_terminal, path);
            QsmpPublicKey key = QsmpPublicKey.Parse(bytes.Span);
            return new TrustedFile { Path = path, Key = key, Report = FileReport.Of(key, path, _terminal.Clock) };
        }
        catch (FormatException exception)
        {
            return new TrustedFile { Path = path, Problem = exception.Message };
        }
        catch (CommandException exception)
        {
            return new TrustedFile { Path = path, Problem = exception.Message };
        }
    }

    private void WarnIfWritableByOthers()
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(Path) & OthersWrite) == UnixFileMode.None) return;
        _terminal.WriteWarning($"others than its owner can write to {Path}, and so decide who is trusted: run 'chmod go-w' on it.");
    }
}
