namespace Postern.Tunneling;

/// <summary>Why a stream was not opened. The numbers are on the wire.</summary>
public enum StreamRefusal
{
    /// <summary>Something else; the text says what.</summary>
    Other = 0,

    /// <summary>The server's rules do not allow that target, or that address to listen on.</summary>
    NotAllowed = 1,

    /// <summary>There are as many streams as the peer takes.</summary>
    TooMany = 2,

    /// <summary>Nobody answers at the target, or the address cannot be listened on.</summary>
    Unreachable = 3,

    /// <summary>The target has a form that the peer does not know.</summary>
    UnknownTarget = 4,

    /// <summary>The client has to prove who it is first.</summary>
    NotAuthenticated = 5,
}
