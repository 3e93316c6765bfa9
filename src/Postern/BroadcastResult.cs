namespace Postern;

/// <summary>What became of a broadcast.</summary>
/// <param name="Sent">Channels whose transport took the message.</param>
/// <param name="Failed">Channels that had ended, or were broken off because they did not take it.</param>
public readonly record struct BroadcastResult(int Sent, int Failed);
