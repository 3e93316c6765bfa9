namespace Postern.Channels;

/// <summary>What an accepted packet was.</summary>
internal enum OpenedKind
{
    /// <summary>A message; it stands in the caller's memory.</summary>
    Message,

    /// <summary>A ratchet, or the answer to our own; the keys have been switched.</summary>
    Ratchet,

    /// <summary>The peer asks for an asymmetric ratchet: its answer must be sealed and sent.</summary>
    RatchetToAnswer,

    /// <summary>As <see cref="RatchetToAnswer"/>; it crossed a request of our own, which is void.</summary>
    CrossedRatchetToAnswer,

    /// <summary>Something that asks for nothing: a keep-alive, or a request that lost against ours.</summary>
    Nothing,

    /// <summary>The peer's last packet.</summary>
    Goodbye,
}
