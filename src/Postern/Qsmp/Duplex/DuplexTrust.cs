namespace Postern.Qsmp.Duplex;

/// <summary>What all handshakes of a DUPLEX listener share: its own keys, whom it trusts, and what it has seen.</summary>
internal sealed class DuplexTrust(IReadOnlyList<QsmpPrivateKey> ownKeys, TrustedKeys trustedKeys, int maxKeysTried, ReplayCache replays)
{
    /// <summary>The listener's keys, all of one set: the first packet's size depends on it.</summary>
    public IReadOnlyList<QsmpPrivateKey> OwnKeys => ownKeys;

    public Suite Suite => ownKeys[0].Suite;

    public TrustedKeys TrustedKeys => trustedKeys;

    /// <summary>Signatures that are verified for one connect request, at most.</summary>
    public int MaxKeysTried => maxKeysTried;

    public ReplayCache Replays => replays;
}
