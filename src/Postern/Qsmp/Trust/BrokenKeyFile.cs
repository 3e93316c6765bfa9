namespace Postern.Qsmp;

/// <summary>A file of a trust folder that was passed over, or the folder itself.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Why it is not used, in words.</param>
public sealed record BrokenKeyFile(string Path, string Reason);
