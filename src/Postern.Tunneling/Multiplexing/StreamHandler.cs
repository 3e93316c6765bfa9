namespace Postern.Tunneling;

/// <summary>
/// Serves one stream that the peer opened: <see cref="IncomingStream.AcceptAsync"/> or <see cref="IncomingStream.Refuse"/> it, and use it until
/// both directions have ended. A stream that is open when the handler returns is cut.
/// </summary>
/// <param name="incoming">The stream.</param>
/// <param name="cancellationToken">The tunnel has ended.</param>
public delegate Task StreamHandler(IncomingStream incoming, CancellationToken cancellationToken);
