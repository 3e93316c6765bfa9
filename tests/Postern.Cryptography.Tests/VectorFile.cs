using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>The vector files beside the test assembly; their fields are described in Vectors/primitives/README.md.</summary>
internal static class VectorFile
{
    public static JsonElement Read(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Vectors", "primitives", name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    public static byte[] Bytes(this JsonElement element, string property) => Convert.FromHexString(element.Text(property));

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static int Number(this JsonElement element, string property) => element.GetProperty(property).GetInt32();
}
