using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>
/// What a finished handshake hands over: suite, role, keys and their ciphers. A handshake that seals its last packets does so with
/// <see cref="Transmit"/> and <see cref="Receive"/>, whose states run on in the channel. One owner; the sealed channel takes it.
/// </summary>
internal sealed class ChannelKeys(Suite suite, ChannelProfile profile, bool isInitiator, DirectionKeys keys) : IDisposable
{
    private RcsCipher? _transmit = keys.CreateCipher(first: isInitiator);
    private RcsCipher? _receive = keys.CreateCipher(first: !isInitiator);

    public Suite Suite => suite;

    public ChannelProfile Profile => profile;

    /// <summary>True on the side that opened the connection: it transmits with the first pair.</summary>
    public bool IsInitiator => isInitiator;

    public DirectionKeys Keys => keys;

    /// <summary>The cipher that this side seals with.</summary>
    public RcsCipher Transmit => _transmit ?? throw Taken();

    /// <summary>The cipher that the peer seals with.</summary>
    public RcsCipher Receive => _receive ?? throw Taken();

    /// <summary>Signs and checks asymmetric ratchets; null where the protocol has none.</summary>
    public KeyExchangeRatchet? KeyExchange { get; init; }

    /// <summary>Both ciphers; they are the caller's now.</summary>
    public (RcsCipher Transmit, RcsCipher Receive) TakeCiphers()
    {
        (RcsCipher Transmit, RcsCipher Receive) ciphers = (Transmit, Receive);
        _transmit = null;
        _receive = null;
        return ciphers;
    }

    public void Dispose()
    {
        keys.Dispose();
        _transmit?.Dispose();
        _receive?.Dispose();
    }

    private static InvalidOperationException Taken() => new("The ciphers were taken.");
}
