namespace Postern.Channels;

/// <summary>What a finished handshake hands over: suite, role and keys. One owner; the sealed channel takes it.</summary>
internal sealed class ChannelKeys(Suite suite, ChannelProfile profile, bool isInitiator, DirectionKeys keys) : IDisposable
{
    public Suite Suite => suite;

    public ChannelProfile Profile => profile;

    /// <summary>True on the side that opened the connection: it transmits with the first pair.</summary>
    public bool IsInitiator => isInitiator;

    public DirectionKeys Keys => keys;

    public void Dispose() => keys.Dispose();
}
