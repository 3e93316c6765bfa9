using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>Says what is wrong with a file whose size or algorithm byte fits no set.</summary>
internal static class FileKind
{
    private static readonly (string Name, Func<Suite, int> SizeOf)[] Kinds =
    [
        ("root certificate", suite => RootCertificate.SizeOf(suite)),
        ("server certificate", ServerCertificate.SizeOf),
        ("root key", RootKey.SizeOf),
        ("server key", ServerKey.SizeOf),
    ];

    /// <summary>The exception for a file that is none of <paramref name="kind"/>.</summary>
    public static FormatException Explain(string kind, ReadOnlySpan<byte> data, Func<Suite, int> sizeOf)
    {
        KeyContainer.ExpectOpened(data);
        int size = data.Length;
        string[] others = [.. Kinds.Where(other => other.Name != kind && QstpSuites.All.Any(suite => other.SizeOf(suite) == size)).Select(other => $"a {other.Name}")];
        string hint = others.Length > 0 ? $"{size} bytes are the size of {string.Join(" or ", others)}, not of a {kind}." : $"{size} bytes are no {kind} of a known configuration set.";
        return new FormatException(
            $"{hint} Expected: "
            + string.Join(", ", QstpSuites.All.Select(suite => $"{sizeOf(suite)} for set {suite.Id}"))
            + ", with the set's number in the algorithm byte.");
    }
}
