using System.Net;
using System.Text;
using Postern.Cli.Files;
using Postern.Storage;

namespace Postern.Cli.Daemons;

/// <summary>The file that says where a command listens while it does.</summary>
internal sealed class ReadyFile : IDisposable
{
    private readonly string _path;

    private ReadyFile(string path) => _path = path;

    /// <summary>Removes what a run that crashed left behind: it must not say that this one listens. Null if no file is wanted.</summary>
    /// <exception cref="CommandException">There can be no such file.</exception>
    public static ReadyFile? Prepare(string? path)
    {
        if (path is null) return null;
        if (Directory.Exists(path)) throw new CommandException(ExitCode.File, $"{path} is a folder; --ready-file is a file.");
        OutputFiles.ExpectFolderOf(path);
        File.Delete(path);
        return new ReadyFile(path);
    }

    /// <summary>Says where.</summary>
    public void Write(EndPoint endPoint) => AtomicFile.WritePublic(_path, Encoding.UTF8.GetBytes($"{endPoint}\n"), overwrite: true);

    /// <summary>Nobody listens any more.</summary>
    public void Dispose() => File.Delete(_path);
}
