namespace Postern.Cli.Inspection;

/// <summary>Who sent a packet: the initiator of the connection, or the other.</summary>
internal enum Side
{
    Client,
    Server,
}
