namespace Postern.Load;

/// <summary>What the connections are.</summary>
internal enum TunnelKind
{
    /// <summary>Bare TCP: what the sockets alone cost.</summary>
    Tcp,

    /// <summary>TLS 1.3 through <see cref="System.Net.Security.SslStream"/>, ECDSA P-256, without resumption.</summary>
    Tls,

    /// <summary>QSTP.</summary>
    Qstp,

    /// <summary>QSMP DUPLEX.</summary>
    Duplex,
}
