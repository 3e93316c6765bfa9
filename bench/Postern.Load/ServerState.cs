namespace Postern.Load;

/// <summary>What a server process says of itself.</summary>
/// <param name="Connections">Established connections.</param>
/// <param name="Pending">Unfinished handshakes.</param>
/// <param name="Resident">Bytes of the process in memory, after a collection.</param>
/// <param name="Peak">The most that it ever had.</param>
/// <param name="Managed">Bytes of live objects.</param>
/// <param name="CpuSeconds">Processor time so far.</param>
internal sealed record ServerState(int Connections, int Pending, long Resident, long Peak, long Managed, double CpuSeconds);
