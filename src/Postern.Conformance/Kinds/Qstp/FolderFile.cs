namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A certificate or key file beside a vector: its name, its bytes, and what they say.</summary>
internal sealed record FolderFile<T>(string Name, byte[] Bytes, T Value);
