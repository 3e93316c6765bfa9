namespace Postern.Tests.Support;

/// <summary>Two streams back to back in memory, with the manners of a TCP connection: zero-byte reads wait, disposing ends both ways.</summary>
internal sealed class DuplexPipe
{
    private readonly BytePipe _toServer;
    private readonly BytePipe _toClient;

    /// <summary>A pipe each of whose ways holds <paramref name="capacity"/> bytes before a writer has to wait.</summary>
    public DuplexPipe(int capacity = int.MaxValue)
    {
        _toServer = new BytePipe(capacity);
        _toClient = new BytePipe(capacity);
        Client = new DuplexEnd(_toClient, _toServer);
        Server = new DuplexEnd(_toServer, _toClient);
    }

    public DuplexEnd Client { get; }

    public DuplexEnd Server { get; }

    /// <summary>Bytes on their way to the client, and to the server.</summary>
    public (int ToClient, int ToServer) InFlight => (_toClient.Count, _toServer.Count);

    /// <summary>Breaks both ways, as a reset does.</summary>
    public void Reset()
    {
        _toServer.Break();
        _toClient.Break();
    }
}
