using Postern.Qsmp.Duplex;

namespace Postern.Qsmp;

/// <summary>How a DUPLEX peer lets others connect.</summary>
public sealed record QsmpDuplexListenOptions : ServerOptions
{
    // Two minutes of 500 connections a second from one peer; a few dozen bytes each.
    private const int ReplayCapacity = 65_536;

    /// <summary>
    /// The listener's own keys, all of one configuration set; the identity in the sender's first packet chooses. Several while an old
    /// one runs out. At least one. They are not disposed of by the listener, and must live as long as its channels.
    /// </summary>
    public required IReadOnlyList<QsmpPrivateKey> Keys
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count == 0) throw new ArgumentException("A listener needs at least one key.", nameof(value));
            if (value.Any(key => key.Suite != value[0].Suite))
            {
                throw new ArgumentException("A listener's keys are of one configuration set: listen on another port for another set.", nameof(value));
            }

            field = value;
        }
    }

    /// <summary>
    /// Who may connect. A sender never names itself: its first packet's signature is verified under one trusted key after the other.
    /// (QSMP §6 row 23)
    /// </summary>
    public required TrustedKeys TrustedKeys
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>
    /// Trusted keys of this set that are tried for one connect request, at most; a key beyond that never gets in. Default
    /// 64. Each costs a signature verification, 0.1 to 0.5 ms, for a packet that anyone can send: with a flood from one
    /// address others wait for one of its requests each time, with one from many addresses for one of each.
    /// </summary>
    public int MaxKeysTried
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 64;

    /// <summary>
    /// How often the very same connect request is taken within the time window. Default 8: a reference sender that connects several
    /// times in a second sends the same bytes each time, and so does whoever replays them. Postern's own differ every time.
    /// </summary>
    public int MaxRequestRepetitions
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 8;

    /// <summary>Whom a listener trusts, and what it has seen.</summary>
    /// <param name="former">What it has seen so far: what came before new options must not be taken again after them.</param>
    internal DuplexTrust CreateTrust(ReplayCache? former = null)
    {
        // A request may be up to the tolerance ahead when it comes, and as much behind when it becomes too old.
        ulong lifetime = (ulong)(2 * ClockTolerance.TotalSeconds) + 1;
        ReplayCache replays = former?.IsFor(lifetime, MaxRequestRepetitions) == true ? former : new ReplayCache(lifetime, MaxRequestRepetitions, ReplayCapacity);
        return new DuplexTrust(Keys, TrustedKeys, MaxKeysTried, replays);
    }

    internal override string Protocol => QsmpProtocol.DuplexName;
}
