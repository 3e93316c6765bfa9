namespace Postern;

/// <summary>A message that was sent and that the peer may or may not have got.</summary>
/// <param name="Number">As <see cref="ReconnectingSession.SendAsync"/> returned it.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Connection">The connection it was sent on, counted from 1.</param>
public readonly record struct UnacknowledgedMessage(long Number, int Size, int Connection);
