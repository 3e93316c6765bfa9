namespace Postern.AspNetCore.Tests.Support;

/// <summary>Which protocol, and in which way Kestrel gets it.</summary>
public enum Tunnel
{
    Qstp,
    Simplex,
    Duplex,
    QstpMiddleware,
    SimplexMiddleware,
    DuplexMiddleware,
}
