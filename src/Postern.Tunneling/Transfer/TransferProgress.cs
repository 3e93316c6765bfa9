namespace Postern.Tunneling;

/// <summary>How far a transfer is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Done">Bytes that are done, those of earlier attempts included.</param>
/// <param name="Size">Bytes in all.</param>
public readonly record struct TransferProgress(TransferPhase Phase, string Name, long Done, long Size);
