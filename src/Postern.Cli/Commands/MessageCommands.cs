using System.CommandLine;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern message</c>: channels to a server whose public key is known (SIMPLEX).</summary>
internal static class MessageCommands
{
    public static Command Create(CommandTerminal terminal) =>
        new("message", "Channels to a server whose public key is known; its clients stay anonymous (QSMP SIMPLEX).")
        {
            ServeCommand.Create(
                terminal,
                TunnelProtocol.Simplex,
                "serve",
                """
                  postern message serve --key server_secret_key.qskey
                  postern message serve --key server_secret_key.qskey --once < report.txt
                  postern message serve --key server_secret_key.qskey --exec "tar -x -C /srv/in"
                """),
            ConnectCommand.Create(
                terminal,
                TunnelProtocol.Simplex,
                "connect",
                """
                  postern message connect gate.example.org --peer-key server_public_key.qpkey
                  tar -c notes | postern message connect gate.example.org:4443 --peer-key server_public_key.qpkey
                """),
        };
}
