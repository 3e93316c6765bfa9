using System.Globalization;

namespace Postern.Load.Soak;

/// <summary>What a process takes of the machine at one moment.</summary>
/// <param name="Resident">Bytes in memory.</param>
/// <param name="Heap">Bytes of the managed heap after the last collection.</param>
/// <param name="Threads">Threads of the system.</param>
/// <param name="Descriptors">Open sockets, pipes and files, but not those of code: .NET keeps an assembly open from its first use on.</param>
internal sealed record Vitals(long Resident, long Heap, int Threads, int Descriptors)
{
    /// <summary>Reads what /proc says; the heap is what the process says itself.</summary>
    public static Vitals Read(int process, long heap)
    {
        string[] status = File.ReadAllLines($"/proc/{process}/status");
        return new Vitals(Number(status, "VmRSS:") * 1024, heap, (int)Number(status, "Threads:"), CountDescriptors(process));
    }

    public static int CountDescriptors(int process) =>
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(entry => new FileInfo(entry).LinkTarget is { } target && !IsCode(target));

    private static bool IsCode(string path) => Path.GetExtension(path) is ".dll" or ".pdb" or ".so";

    private static long Number(string[] status, string name)
    {
        string line = status.First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
