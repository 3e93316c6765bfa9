namespace Postern.AspNetCore;

/// <summary>The tunnel below a request: a feature of every connection of a QSTP or QSMP endpoint, from <c>HttpContext.Features</c>.</summary>
public interface IPosternConnectionFeature
{
    /// <summary>The protocol: <c>QSTP</c>, <c>QSMP SIMPLEX</c> or <c>QSMP DUPLEX</c>.</summary>
    string Protocol { get; }

    /// <summary>The configuration set.</summary>
    Suite Suite { get; }

    /// <summary>Who the handshake proved the client to be; null for the anonymous clients of QSTP and SIMPLEX.</summary>
    PeerIdentity? PeerIdentity { get; }

    /// <summary>Epoch, ratchets, bytes and the age of the keys at this moment.</summary>
    ChannelStatus GetStatus();

    /// <summary>Replaces the connection's keys.</summary>
    /// <inheritdoc cref="SecureChannel.RatchetAsync(RatchetKind, CancellationToken)" path="/exception"/>
    ValueTask RatchetAsync(RatchetKind kind = RatchetKind.Symmetric, CancellationToken cancellationToken = default);
}
