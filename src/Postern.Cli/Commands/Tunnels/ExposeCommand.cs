using System.CommandLine;
using System.Net;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern expose</c>: the server's side of port forwarding.</summary>
internal static class ExposeCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        ProtocolChoice protocol = new();
        ServerArguments server = new(protocol);
        DaemonOptions daemon = new();
        StreamServerOptions streams = new();
        Option<EndPoint?> target = EndPointArgument.RemotePlain("--to", "Where each tunnel leads to, such as 127.0.0.1:80 or unix:/run/app.sock. With --multiplex what clients reach that name no target.");
        Option<double> targetTimeout = SecondsOption.Create("--target-timeout", "Longest time for connecting to the target.", 10);
        Option<bool> sendProxy = new("--send-proxy-v2") { Description = "Tell the target by a PROXY protocol v2 header whom a connection is from: the tunnel's other end, and the fingerprint of a key that it proved (field 0xE0)." };
        Option<bool> trustSource = new("--trust-source") { Description = "With --send-proxy-v2 and --multiplex: the address that the client says a connection is from. It can say any." };
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            "Where to listen for tunnels. Default every address.", EndPointArgument.Any, protocol.UsualPort);
        DaemonCommand command = new(
            "expose",
            "Accept tunnels and connect each to a service.",
            """
            QSTP and SIMPLEX prove the server to the client, not the client to the server: whoever has the public certificates or the public
            key gets through, and the service must ask who is there as if it were reachable directly. DUPLEX lets in the peers whose keys are
            trusted, and nobody else.

            With --multiplex a tunnel carries many connections, clients may name targets and have addresses listened on as far as --allow-target and
            --allow-listen go, and --trust-client asks each for a signature inside the tunnel.

            Examples:
              postern expose --to 127.0.0.1:80 --root root.qrr --cert server.qrc --key server.qsk
              postern expose --to db.internal:5432 --listen [::]:4443 --root root.qrr --cert server.qrc --key server.qsk
              postern expose --to db.internal:5432 --protocol duplex --key own_secret_key.qskey --trust /etc/postern/trusted
              postern expose --multiplex --allow-target '*.internal:443' --trust-client alice.qpkey --root root.qrr --cert server.qrc --key server.qsk
            """)
        {
            target, listen, targetTimeout, sendProxy, trustSource,
        };
        command.ReadOnce.AddRange([target, listen, targetTimeout, sendProxy, trustSource, streams.Multiplex]);
        server.AddTo(command);
        streams.AddTo(command, protocol);
        command.Validators.Add(result =>
        {
            if (result.GetValue(trustSource) && !(result.GetValue(sendProxy) && streams.IsUsed(result))) result.AddError("--trust-source needs --send-proxy-v2 and --multiplex.");
            if (result.GetResult(target) is null or { Implicit: true } && !streams.IsUsed(result)) result.AddError("--to is needed: where tunnels lead to. Only --multiplex can do without, with --allow-target.");
        });
        daemon.AddTo(command);
        daemon.Run(command, terminal, async (result, context, stop) =>
        {
            ReloadingServer loaded = await ReloadingServer.LoadAsync(result, (fresh, token) => server.LoadAsync(fresh, terminal, context.Loggers, token), stop);
            EndPoint endPoint = context.Sockets.For(HandedSockets.Main) ?? (EndPoint)result.GetValue(listen)!;
            ExposerOptions options = new()
            {
                Target = result.GetValue(target),
                Streams = streams.Load(result, terminal, loaded, server.IdleTimeout(result)),
                ProxyHeader = !result.GetValue(sendProxy) ? ProxyHeaderUse.None : result.GetValue(trustSource) ? ProxyHeaderUse.Source : ProxyHeaderUse.Tunnel,
                TargetTimeout = TimeSpan.FromSeconds(result.GetValue(targetTimeout)),
                Listen = handler => loaded.Current.Start(endPoint, handler),
                LoggerFactory = context.Loggers,
            };
            Exposer exposer = await Daemon.ListenAsync(endPoint, () => Exposer.Start(options), loaded);
            return loaded.Serve(exposer.Server, exposer) with
            {
                Drain = exposer.DrainAsync,
                Reload = async (fresh, token) =>
                {
                    ExposedStreams? rules = streams.Load(fresh, terminal, loaded, server.IdleTimeout(fresh));
                    await loaded.ReloadAsync(exposer.Server, fresh, token);
                    if (rules is not null && options.Streams is not null) exposer.Update(rules);
                },
            };
        });
        return command;
    }
}
