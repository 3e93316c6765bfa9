namespace Postern.EndToEnd.Tests.Support;

/// <summary>Files of the reference.</summary>
internal static class QstpVectors
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Vectors", "qstp");

    public static string Set1(string name) => Path.Combine(Folder, "dilithium-s1_kyber-s1", name);

    public static string Set3(string name) => Path.Combine(Folder, "dilithium-s5_kyber-s5", name);

    public static string External(string name) => Path.Combine(Folder, "external-root_dilithium-s1", name);
}
