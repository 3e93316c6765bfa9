namespace Postern.Load.Soak;

/// <summary>How one process did.</summary>
/// <param name="Name">Its pair and role.</param>
/// <param name="Resident">Bytes in memory.</param>
/// <param name="Heap">Bytes of the managed heap.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Descriptors">Descriptors under load.</param>
/// <param name="IdleBefore">Descriptors with nobody there, at the beginning.</param>
/// <param name="IdleAfter">The same at the end.</param>
/// <param name="Samples">What all of that comes from.</param>
internal sealed record ProcessResult(
    string Name, Growth Resident, Growth Heap, Growth Threads, Growth Descriptors, int IdleBefore, int IdleAfter, IReadOnlyList<Vitals> Samples)
{
    /// <summary>What has grown, in words; empty if nothing has.</summary>
    public IEnumerable<string> Grown
    {
        get
        {
            if (Resident.HasGrown) yield return "memory";
            if (Heap.HasGrown) yield return "heap";
            if (Threads.HasGrown) yield return "threads";
            if (Descriptors.HasGrown) yield return "descriptors";
            if (IdleBefore != IdleAfter) yield return "descriptors that stayed";
        }
    }
}
