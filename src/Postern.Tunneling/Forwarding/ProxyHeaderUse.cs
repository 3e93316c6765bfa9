namespace Postern.Tunneling;

/// <summary>Whose address an exposer tells its targets by the PROXY protocol.</summary>
public enum ProxyHeaderUse
{
    /// <summary>No header is sent.</summary>
    None,

    /// <summary>The address that the tunnel comes from.</summary>
    Tunnel,

    /// <summary>The address for which the client says that it opened the stream, if it says so: it can say anything. Else as <see cref="Tunnel"/>.</summary>
    Source,
}
