namespace Postern.Cli.Bench;

/// <summary>A server whose connections say nothing: both ends of each wait for bytes.</summary>
internal interface IIdleServer : IAsyncDisposable
{
    /// <summary>How long a connection must be silent until it is as small as it gets.</summary>
    TimeSpan Settling { get; }

    /// <summary>Opens a connection from this process, which lasts until it is disposed of.</summary>
    Task<IAsyncDisposable> ConnectAsync(CancellationToken cancellationToken);
}
