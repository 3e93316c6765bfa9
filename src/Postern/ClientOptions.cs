namespace Postern;

/// <summary>How a client connects.</summary>
public abstract record ClientOptions : ChannelOptions
{
    private protected ClientOptions()
    {
    }

    /// <summary>Longest time for opening the TCP connection and for the handshake, each. Default 10 s; 10 ms to 31 days.</summary>
    public TimeSpan HandshakeTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>What a client's channel starts with.</summary>
    /// <exception cref="InvalidOperationException">There is a policy for ratchets, but they are not allowed.</exception>
    private protected ChannelContext CreateClientContext(bool mayRatchet)
    {
        if (!mayRatchet && !Ratchets.IsNever)
        {
            throw new InvalidOperationException(
                "The options have a policy for ratchets, but the client may not ratchet: a reference server would drop it. Allow client ratchets if the server is Postern.");
        }

        return CreateContext(mayRatchet);
    }
}
