namespace Postern.Qstp.Certificates;

/// <summary>Says what is wrong with a file whose size or algorithm byte fits no set.</summary>
internal static class FileKind
{
    public static string Explain(string kind, int size, Func<Suite, int> sizeOf) =>
        $"{size} bytes are no {kind} of a known configuration set. Expected: "
        + string.Join(", ", QstpSuites.All.Select(suite => $"{sizeOf(suite)} for set {suite.Id}"))
        + ", with the set's number in the algorithm byte.";
}
