using System.Text.Json;

namespace Postern.Conformance.Kinds;

/// <summary>A form of file, known by its <c>format</c> field, that this build cannot replay yet.</summary>
internal sealed class UnsupportedFormatKind(string name, string format) : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.Has("format")
        && file.Json.GetProperty("format") is { ValueKind: JsonValueKind.String } field
        && field.ValueEquals(format)
            ? name
            : null;

    public void Run(VectorFile file, CheckList checks) => throw new UnsupportedVectorException($"needs a replay of {name}, which is not in this build");
}
