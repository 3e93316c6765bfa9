using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern forward</c>: the client's side of port forwarding.</summary>
internal static class ForwardCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        ProtocolChoice protocol = new();
        ClientArguments client = new(protocol);
        DaemonOptions daemon = new();
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            "Where plain connections are accepted, such as 127.0.0.1:8080.", IPAddress.Loopback, usualPort: null);
        Option<EndPoint?> server = EndPointArgument.Remote("--server", "The tunnel's server.", protocol.UsualPort);
        Option<bool> allowNonLoopback = new("--allow-non-loopback") { Description = "Accept plain connections from other machines, too." };
        Option<int> maxConnections = CountOption.Create("--max-connections", "Connections at once; more wait.", 16_384);
        Option<double> idleTimeout = SecondsOption.Create(
            "--idle-timeout", "Cut a connection whose tunnel is silent for so long; 0 is never.", 3600, allowZero: true);
        DaemonCommand command = new(
            "forward",
            "Accept plain TCP connections and lead each through a tunnel.",
            """
            Each connection gets a tunnel of its own. A connection that was cut anywhere is reset, and never looks complete.

            Examples:
              postern forward --listen 127.0.0.1:8080 --server gate.example.org --root root.qrr --cert server.qrc
              postern forward --listen 5432 --server gate.example.org:4443 --root root.qrr --cert server.qrc
              postern forward --listen 5432 --server gate.example.org --protocol duplex --key own_secret_key.qskey --peer-key gate_public_key.qpkey
            """)
        {
            listen, server, allowNonLoopback, maxConnections, idleTimeout,
        };
        client.AddTo(command);
        daemon.AddTo(command);
        command.SetAction(async (result, stop) =>
        {
            IPEndPoint endPoint = result.GetValue(listen)!;
            if (!result.GetValue(allowNonLoopback)) RequireLoopback(endPoint);
            using ILoggerFactory loggers = daemon.Log.CreateLoggers(result, terminal);
            EndPoint remote = result.GetValue(server)!;
            await using LoadedClient loaded = await client.LoadAsync(result, terminal, loggers, stop);
            ForwarderOptions options = new()
            {
                Server = remote,
                Path = ForwardingPath.TunnelEach(loaded.To(remote)),
                LoggerFactory = loggers,
                MaxConnections = result.GetValue(maxConnections),
                IdleTimeout = SecondsOption.ZeroIsInfinite(result.GetValue(idleTimeout)),
            };
            return await Daemon.RunAsync(
                terminal,
                daemon.Create(result, loaded.Revocation),
                endPoint,
                () => Forwarder.Start(endPoint, options),
                service => service.LocalEndPoint,
                (service, cancellationToken) => service.DrainAsync(cancellationToken),
                service => service.GetChannels());
        });
        return command;
    }

    private static void RequireLoopback(IPEndPoint endPoint)
    {
        if (IPAddress.IsLoopback(endPoint.Address)) return;
        throw new CommandException(
            ExitCode.Usage,
            $"{endPoint.Address} is not a loopback address: every machine that reaches it could use the tunnel without any key, and what it "
            + "sends there is not encrypted. Listen on 127.0.0.1 or [::1], or add --allow-non-loopback if that is meant.");
    }
}
