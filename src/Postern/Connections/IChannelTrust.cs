namespace Postern;

/// <summary>Whether what a handshake proved still counts. One object for all channels of a certificate.</summary>
internal interface IChannelTrust
{
    /// <summary>Why a channel may not go on; null while it may. Its wire code is for the peer.</summary>
    ChannelException? Refusal { get; }

    /// <summary>Lets a channel be ended that no host serves.</summary>
    void Watch(SecureChannel channel);
}
