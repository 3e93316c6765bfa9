namespace Postern.Channels;

/// <summary>What an accepted packet was.</summary>
internal enum OpenedKind
{
    /// <summary>A message; it stands in the caller's memory.</summary>
    Message,

    /// <summary>A ratchet; the keys have been switched.</summary>
    Ratchet,

    /// <summary>The peer's last packet.</summary>
    Goodbye,
}
