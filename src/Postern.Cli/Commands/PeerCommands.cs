using System.CommandLine;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern peer</c>: channels between two that know each other (DUPLEX).</summary>
internal static class PeerCommands
{
    public static Command Create(CommandTerminal terminal) =>
        new("peer", "Channels between peers that know each other's public keys (QSMP DUPLEX).")
        {
            ServeCommand.Create(
                terminal,
                TunnelProtocol.Duplex,
                "listen",
                """
                  postern peer listen --key own_secret_key.qskey
                  postern peer listen --key own_secret_key.qskey --trust sender_public_key.qpkey --once > incoming.tar
                """),
            ConnectCommand.Create(
                terminal,
                TunnelProtocol.Duplex,
                "dial",
                """
                  postern peer dial gate.example.org --key own_secret_key.qskey --peer-key listener_public_key.qpkey
                  tar -c notes | postern peer dial gate.example.org --key own_secret_key.qskey --peer-key listener_public_key.qpkey
                """),
        };
}
