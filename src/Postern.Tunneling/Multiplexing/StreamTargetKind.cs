namespace Postern.Tunneling;

/// <summary>Kinds of targets of a stream.</summary>
public enum StreamTargetKind
{
    /// <summary>Where the server leads to by itself.</summary>
    Default,

    /// <summary>A TCP address that the client names.</summary>
    Tcp,

    /// <summary>A UNIX socket that the client names.</summary>
    Unix,

    /// <summary>The server is to listen on an address while the stream is open.</summary>
    Listen,

    /// <summary>A connection that was accepted for the stream of that number, which listens.</summary>
    Accepted,

    /// <summary>The client proves who it is.</summary>
    Authenticate,
}
