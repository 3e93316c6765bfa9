using System.Text.Json;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>A list of vectors, known by its fields, for an algorithm that is not supported: SPHINCS+. (primitives §8)</summary>
internal sealed class UnsupportedAlgorithmKind(string name, string algorithm, params string[] fields) : IVectorKind
{
    public string? Recognise(VectorFile file) => file.Json.First().HasAll(fields) ? name : null;

    public void Run(VectorFile file, CheckList checks) =>
        checks.Each(file.Json, _ => throw new UnsupportedVectorException($"needs {algorithm}, which is not in this build"));
}
