namespace Postern;

/// <summary>How new keys come about.</summary>
public enum RatchetKind
{
    /// <summary>From the old keys and 32 fresh random bytes, sent encrypted. No answer is needed. (QSTP §11, QSMP §1.13)</summary>
    Symmetric = 1,

    /// <summary>
    /// From the old keys and a fresh, signed key exchange, in DUPLEX channels only: whoever has copied the old keys is out again. Sending
    /// waits for the peer's answer, and reads for it if nobody receives. (QSMP §3.5)
    /// </summary>
    Asymmetric = 2,
}
