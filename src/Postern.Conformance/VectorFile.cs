using System.Text.Json;

namespace Postern.Conformance;

/// <summary>A file of a run, read whole.</summary>
internal sealed class VectorFile
{
    /// <summary>No vector is larger than a few megabytes; what is does not belong here.</summary>
    public const long MaxSize = 64 * 1024 * 1024;

    private VectorFile(string fullPath, byte[] bytes, JsonElement json)
    {
        FullPath = fullPath;
        Bytes = bytes;
        Json = json;
    }

    public string FullPath { get; }

    public byte[] Bytes { get; }

    /// <summary>The root of a JSON file; of any other <see cref="JsonValueKind.Undefined"/>.</summary>
    public JsonElement Json { get; }

    public string Name => Path.GetFileName(FullPath);

    public string Folder => Path.GetDirectoryName(FullPath)!;

    /// <summary>Reads the file, and parses it if its name ends in <c>.json</c>.</summary>
    /// <exception cref="IOException">The file cannot be read, or is too large.</exception>
    /// <exception cref="JsonException">A file that is called <c>.json</c> is none.</exception>
    public static VectorFile Read(string path)
    {
        if (new FileInfo(path).Length > MaxSize) throw new IOException($"The file is larger than {MaxSize / (1024 * 1024)} MiB.");
        byte[] bytes = File.ReadAllBytes(path);
        if (!Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)) return new VectorFile(path, bytes, default);
        using JsonDocument document = JsonDocument.Parse(bytes);
        return new VectorFile(path, bytes, document.RootElement.Clone());
    }

    public bool HasExtension(string extension) => Path.GetExtension(FullPath).Equals(extension, StringComparison.OrdinalIgnoreCase);
}
