using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using X86 = System.Runtime.Intrinsics.X86;

namespace Postern.Cli.Bench;

/// <summary>What this machine computes with, as far as it matters here. Its properties are the JSON form.</summary>
internal sealed record Processor(string Model, int Cores, IReadOnlyList<string> Features, string System, string Runtime)
{
    private const string LinuxFile = "/proc/cpuinfo";
    private const string LinuxField = "model name";

    /// <summary>This one.</summary>
    public static Processor Current { get; } = new(
        ReadModel(),
        Environment.ProcessorCount,
        [.. AllFeatures().Where(feature => feature.IsSupported).Select(feature => feature.Name)],
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        RuntimeInformation.FrameworkDescription);

    // What the runtime lets programs use: less than the processor has where it was switched off.
    private static IEnumerable<(string Name, bool IsSupported)> AllFeatures() =>
    [
        ("AVX-512", X86.Avx512F.IsSupported && X86.Avx512BW.IsSupported && X86.Avx512F.VL.IsSupported),
        ("AVX-512 VBMI", X86.Avx512Vbmi.IsSupported),
        ("AVX2", X86.Avx2.IsSupported),
        ("AES-NI", X86.Aes.IsSupported),
        ("Arm AES", Aes.IsSupported),
        ("AdvSimd", AdvSimd.IsSupported),
    ];

    private static string ReadModel()
    {
        if (!File.Exists(LinuxFile)) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
        string? line = File.ReadLines(LinuxFile).FirstOrDefault(line => line.StartsWith(LinuxField, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
