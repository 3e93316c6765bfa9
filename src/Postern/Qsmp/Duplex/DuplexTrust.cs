namespace Postern.Qsmp.Duplex;

/// <summary>What all handshakes of a DUPLEX listener share: its own keys, whom it trusts, and what it has seen.</summary>
internal sealed class DuplexTrust(IReadOnlyList<QsmpPrivateKey> ownKeys, TrustedKeys trustedKeys, int maxKeysTried, ReplayCache replays)
{
    /// <summary>Most keys that are kept ready, however many may be tried.</summary>
    public const int MaxVerifiers = 64;

    /// <summary>The listener's keys, all of one set: the first packet's size depends on it.</summary>
    public IReadOnlyList<QsmpPrivateKey> OwnKeys => ownKeys;

    public Suite Suite => ownKeys[0].Suite;

    public TrustedKeys TrustedKeys => trustedKeys;

    /// <summary>Signatures that are verified for one connect request, at most.</summary>
    public int MaxKeysTried => maxKeysTried;

    public ReplayCache Replays => replays;

    /// <summary>As many as may be tried, and 4 MiB at most.</summary>
    public RecentVerifiers Verifiers { get; } = new(Math.Min(maxKeysTried, MaxVerifiers));
}
