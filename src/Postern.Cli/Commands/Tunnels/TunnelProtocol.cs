namespace Postern.Cli.Commands.Tunnels;

/// <summary>What a tunnel speaks.</summary>
internal enum TunnelProtocol
{
    Qstp,
    Simplex,
    Duplex,
}
