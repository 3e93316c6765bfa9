using System.Diagnostics;
using System.Runtime;

namespace Postern.Load;

/// <summary>This process's memory and time.</summary>
internal static class Self
{
    /// <summary>Resident bytes and live objects, with everything collected and given back that can be.</summary>
    public static ServerState Measure(int connections, int pending)
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using Process process = Process.GetCurrentProcess();
        return new ServerState(
            connections, pending, process.WorkingSet64, process.PeakWorkingSet64, GC.GetTotalMemory(forceFullCollection: false), process.TotalProcessorTime.TotalSeconds);
    }
}
