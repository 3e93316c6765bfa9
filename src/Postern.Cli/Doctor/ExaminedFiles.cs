using System.Security.Cryptography;
using Postern.Cli.Terminal;

namespace Postern.Cli.Doctor;

/// <summary>The files that were named, and those of the folders that were named, read once.</summary>
internal sealed class ExaminedFiles : IDisposable
{
    private readonly List<ExaminedFile> _files = [];
    private readonly List<Finding> _failures = [];

    private ExaminedFiles()
    {
    }

    public IReadOnlyList<ExaminedFile> Files => _files;

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<Finding> Failures => _failures;

    /// <summary>Reads them.</summary>
    /// <param name="terminal">Reads files, and stdin.</param>
    /// <param name="passphrases">Opens keys, where one was given.</param>
    /// <param name="paths">Files, folders, and addresses of inventories.</param>
    public static ExaminedFiles Read(CommandTerminal terminal, PassphraseSource passphrases, IEnumerable<string> paths)
    {
        ExaminedFiles examined = new();
        foreach (string path in paths.SelectMany(ExaminedFile.Find).Distinct(StringComparer.Ordinal)) examined.Add(terminal, passphrases, path);
        return examined;
    }

    public void Dispose()
    {
        foreach (ExaminedFile file in _files) file.Dispose();
    }

    private void Add(CommandTerminal terminal, PassphraseSource passphrases, string path)
    {
        try
        {
            _files.Add(ExaminedFile.Read(terminal, path, passphrases));
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            _failures.Add(Finding.Fail(path, exception.Message, "Get the file anew, or leave it out."));
        }
    }
}
