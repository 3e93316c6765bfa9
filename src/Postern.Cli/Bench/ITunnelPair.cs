namespace Postern.Cli.Bench;

/// <summary>Both ends of one kind of tunnel, with their keys.</summary>
internal interface ITunnelPair : IDisposable
{
    /// <summary>Runs the client's side of the handshake.</summary>
    Task<Stream> ConnectAsync(Stream stream, CancellationToken cancellationToken);

    /// <summary>Runs the server's side.</summary>
    Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken);
}
