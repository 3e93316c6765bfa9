using System.IO.Enumeration;
using System.Text.Json;

namespace Postern.Conformance;

/// <summary>Replays vector files against the product's own code.</summary>
public static class ConformanceRun
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".json", ".qrr", ".qrc", ".qsk", ".qskey", ".qpkey", ".txt" };

    /// <summary>
    /// Checks the vector files of a folder and of all folders in it (<c>.json</c>, and the certificate and key files <c>.qrr .qrc .qsk
    /// .qskey .qpkey .txt</c>), or one file. Certificates that a vector needs are looked for beside it. A file's content never makes this throw.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">What is left out; nothing if null.</param>
    /// <param name="cancellationToken">Ends the run between two checks.</param>
    /// <returns>One result a file, ordered by path, each computed when it is asked for.</returns>
    /// <exception cref="FileNotFoundException">There is no such folder or file.</exception>
    public static IEnumerable<FileResult> Run(string path, ConformanceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string fullPath = Path.GetFullPath(path);
        if (File.Exists(fullPath)) return [RunFile(Path.GetFileName(fullPath), fullPath, cancellationToken)];
        if (!Directory.Exists(fullPath)) throw new FileNotFoundException($"There is no folder or file '{path}'.", path);
        return RunFiles(FindFiles(fullPath, options ?? new ConformanceOptions()), cancellationToken);
    }

    private static IEnumerable<FileResult> RunFiles(List<(string Relative, string Full)> files, CancellationToken cancellationToken)
    {
        foreach ((string relative, string full) in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return RunFile(relative, full, cancellationToken);
        }
    }

    private static FileResult RunFile(string relative, string full, CancellationToken cancellationToken)
    {
        CheckList checks = new(cancellationToken);
        VectorFile file;
        try
        {
            file = VectorFile.Read(full);
        }
        catch (JsonException exception)
        {
            checks.Fail("file", $"it is no JSON: {exception.Message}");
            return checks.ToResult(relative, "json");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            checks.Fail("file", exception.Message);
            return checks.ToResult(relative, "unreadable");
        }

        foreach (IVectorKind kind in VectorKinds.All)
        {
            if (kind.Recognise(file) is not { } name) continue;
            checks.Guard(() => kind.Run(file, checks));
            return checks.ToResult(relative, name);
        }

        return new FileResult(relative, "", FileStatus.Unknown, 0, 0, 0, ["The form of this file is not known here; nothing in it was checked."]);
    }

    // Folders that are links are not entered: they could lead in a circle.
    private static List<(string Relative, string Full)> FindFiles(string folder, ConformanceOptions options)
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        FileSystemEnumerable<string> entries = new(folder, static (ref entry) => entry.ToFullPath(), all)
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory,
            ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. entries
            .Where(full => Extensions.Contains(Path.GetExtension(full)))
            .Select(full => (Relative: Path.GetRelativePath(folder, full).Replace(Path.DirectorySeparatorChar, '/'), Full: full))
            .Where(file => !options.LeavesOut(file.Relative))
            .OrderBy(file => file.Relative, StringComparer.Ordinal)];
    }
}
