using Postern.Conformance;

namespace Postern.Tests.Support;

/// <summary>Conformance runs that end with the test.</summary>
internal static class VectorRun
{
    /// <summary>The vectors beside the test assembly.</summary>
    public static string Vectors { get; } = Path.Combine(AppContext.BaseDirectory, "Vectors");

    /// <summary>The results of all of them; run once, as the slow signatures take a second.</summary>
    public static IReadOnlyList<FileResult> All => AllOnce.Value;

    private static Lazy<IReadOnlyList<FileResult>> AllOnce { get; } = new(() => [.. ConformanceRun.Run(Vectors, new ConformanceOptions())]);

    public static FileResult Of(string file) => Assert.Single(OfAll(file));

    public static List<FileResult> OfAll(string path, params string[] except) =>
        [.. ConformanceRun.Run(path, new ConformanceOptions { Except = except }, TestContext.Current.CancellationToken)];
}
