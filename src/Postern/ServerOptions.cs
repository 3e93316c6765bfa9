using Postern.Connections;
using Postern.Cryptography;
using Postern.Handshakes;

namespace Postern;

/// <summary>How a server answers.</summary>
public abstract record ServerOptions : ChannelOptions
{
    // The same in every protocol. (QSTP §3.2, QSMP §1.4)
    private const byte ConnectionFailed = 0x04;
    private const byte TooManyHosts = 0x0B;

    private const int MaxPreparedKeys = 4096;

    // Keys of this size and more take so long to make that they are made ahead.
    private const int LargeKey = 64 * 1024;

    private protected ServerOptions()
    {
    }

    /// <summary>Limits and deadlines.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;

    /// <summary>
    /// Ephemeral KEM keys that are kept ready for each McEliece set, each used once, kept for an hour at most, made again in the background. Default 8: a key takes a
    /// McEliece server 10 to 70 ms and up to 1.37 MB. 0 makes each when it is asked for; other KEMs are quick and never kept ready.
    /// </summary>
    public int PreparedKeys
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxPreparedKeys);
            field = value;
        }
    } = 8;

    /// <summary>
    /// Answer every failed handshake with one and the same code. Default false, as the reference: the codes tell a scanner, who needs no
    /// key to get one, whether a key is known here and has expired. (QSTP §13, QSMP §6 row 20)
    /// </summary>
    public bool HidesFailureReasons { get; init; }

    /// <summary>
    /// Every connection begins with a header of the PROXY protocol, version 2, which says whose it is: a balancer is in front. Default false. Only the
    /// balancer may reach the listener then, for whoever does can say to be anyone. A connection without a header is dropped.
    /// </summary>
    public bool AcceptsProxyHeader { get; init; }

    /// <summary>What a listener needs to know of its protocol.</summary>
    /// <param name="create">Makes the responder's side of a handshake.</param>
    /// <param name="suites">The sets that may be asked for.</param>
    /// <param name="servesMany">Keys are made ahead; whoever gets the protocol disposes of them.</param>
    /// <param name="hasKeyExchange">There are asymmetric ratchets.</param>
    internal ListenerProtocol CreateProtocol(
        Func<HandshakeSettings, Handshake> create, IEnumerable<Suite> suites, bool servesMany, bool hasKeyExchange = false)
    {
        // First, for it refuses options that contradict themselves; then what has to be disposed of.
        ChannelContext context = CreateContext(mayRatchet: true, hasKeyExchange);
        EphemeralKeyPool? keys = servesMany ? CreateKeyPool(suites) : null;
        HandshakeSettings settings = HandshakeSettings with
        {
            OnlyCode = HidesFailureReasons ? ConnectionFailed : null,
            EphemeralKeys = keys ?? EphemeralKeys.Fresh,
        };
        return new ListenerProtocol
        {
            Keys = keys,
            CreateHandshake = () => create(settings),
            TooManyConnectionsCode = TooManyHosts,
            Context = context,
        };
    }

    /// <summary>Keys made ahead for those of the sets that need it; null if none does.</summary>
    internal EphemeralKeyPool? CreateKeyPool(IEnumerable<Suite> suites)
    {
        KemAlgorithm[] slow = [.. suites.Select(suite => suite.Kem).Where(kem => kem.PublicKeySize >= LargeKey).Distinct()];
        return slow.Length == 0 || PreparedKeys == 0 ? null : new EphemeralKeyPool(slow, PreparedKeys, TimeProvider);
    }
}
