namespace Postern;

/// <summary>
/// Serves one channel of a server, beside the others. The channel is closed with a goodbye when it returns. Its exceptions are logged
/// and end that connection without one, so that the peer does not take what it got for all there was.
/// </summary>
/// <param name="channel">The authenticated channel.</param>
/// <param name="cancellationToken">Cancelled when the server stops.</param>
public delegate Task ChannelHandler(SecureChannel channel, CancellationToken cancellationToken);
