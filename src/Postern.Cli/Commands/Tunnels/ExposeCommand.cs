using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.Qstp;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern expose</c>: the server's side of port forwarding.</summary>
internal static class ExposeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        ServerArguments server = new();
        DaemonOptions daemon = new();
        Option<EndPoint?> target = EndPointArgument.Remote("--to", "Where each tunnel leads to, such as 127.0.0.1:80.", defaultPort: null);
        Option<double> targetTimeout = SecondsOption.Create("--target-timeout", "Longest time for connecting to the target.", 10);
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            "Where to listen for tunnels. Default every address.", EndPointArgument.Any, QstpServer.DefaultPort);
        DaemonCommand command = new(
            "expose",
            "Accept tunnels and connect each to a TCP service.",
            """
            QSTP proves the server to the client, not the client to the server: whoever has the root's and the server's certificate gets
            through. The service must ask who is there as if it were reachable directly.

            Examples:
              postern expose --to 127.0.0.1:80 --root root.qrr --cert server.qrc --key server.qsk
              postern expose --to db.internal:5432 --listen [::]:4443 --root root.qrr --cert server.qrc --key server.qsk
            """)
        {
            target, listen, targetTimeout,
        };
        server.AddTo(command);
        daemon.AddTo(command);
        command.SetAction(async (result, _) =>
        {
            using ILoggerFactory loggers = daemon.Log.CreateLoggers(result, terminal);
            using IdentitySet identities = server.Load(result, terminal);
            QstpServerOptions serverOptions = server.Create(result, identities, loggers);
            IPEndPoint endPoint = result.GetValue(listen)!;
            ExposerOptions options = new()
            {
                Target = result.GetValue(target)!,
                TargetTimeout = TimeSpan.FromSeconds(result.GetValue(targetTimeout)),
                Listen = handler => QstpServer.Start(endPoint, serverOptions, handler),
                LoggerFactory = loggers,
            };
            return await Daemon.RunAsync(
                terminal,
                daemon.Create(result),
                endPoint,
                () => Exposer.Start(options),
                service => service.LocalEndPoint,
                (service, cancellationToken) => service.DrainAsync(cancellationToken));
        });
        return command;
    }
}
