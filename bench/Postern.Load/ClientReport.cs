namespace Postern.Load;

/// <summary>What a client process did: connections made, or echoes asked for.</summary>
/// <param name="Done">How many worked.</param>
/// <param name="Failed">How many did not.</param>
/// <param name="Problem">Why the first of those failed.</param>
/// <param name="Seconds">How long all took together.</param>
/// <param name="Latency">How long each took.</param>
internal sealed record ClientReport(int Done, int Failed, string? Problem, double Seconds, Percentiles Latency);
