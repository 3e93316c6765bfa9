namespace Postern;

/// <summary>Opens a channel: a client of any protocol with its options and its peer, ready to be called again and again.</summary>
/// <exception cref="ChannelException">The connection or the handshake failed.</exception>
#pragma warning disable RCS1139, CA1711 // The summary is there; a delegate's documentation is not seen. Connector is no reserved suffix.
public delegate Task<SecureChannel> ChannelConnector(CancellationToken cancellationToken);
#pragma warning restore RCS1139, CA1711
