using System.CommandLine;
using System.Net;
using Postern.Cli.Daemons;
using Postern.Cli.Services;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Tunnels;

/// <summary><c>postern forward</c>: the client's side of port forwarding.</summary>
internal static class ForwardCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        ProtocolChoice protocol = new();
        ClientArguments client = new(protocol, mayProve: true);
        StreamClientOptions streams = new();
        DaemonOptions daemon = new();
        Option<EndPoint?> listen = EndPointArgument.ListenPlain(
            "--listen", "Where plain connections are accepted, such as 127.0.0.1:8080 or unix:/run/user/1000/web.sock.", IPAddress.Loopback);
        Option<EndPoint?> server = EndPointArgument.Remote("--server", "The tunnel's server.", protocol.UsualPort);
        Option<bool> unsafeListen = LoopbackRule.CreateOption("Accept plain connections from other machines, too: each that reaches the address uses the tunnel without a key.");
        Option<int> maxConnections = CountOption.Create("--max-connections", "Connections at once; more wait.", 16_384);
        Option<double> idleTimeout = SecondsOption.Create(
            "--idle-timeout", "Cut a connection that is silent for so long; 0 is never.", 3600, allowZero: true);
        Option<bool> acceptProxy = new("--accept-proxy-v2") { Description = "Every plain connection begins with a PROXY protocol v2 header, from a balancer in front: the server learns whom it names." };
        DaemonCommand command = new(
            "forward",
            "Accept plain connections and lead each through a tunnel.",
            """
            Each connection gets a tunnel of its own, or with --multiplex a stream of one that all share. A connection that was cut anywhere is reset, and
            never looks complete. --local, --remote and --socks5 do what ssh's -L, -R and -D do.

            Examples:
              postern forward --listen 127.0.0.1:8080 --server gate.example.org --root root.qrr --cert server.qrc
              postern forward --listen 5432 --server gate.example.org:4443 --root root.qrr --cert server.qrc
              postern forward --listen 5432 --server gate.example.org --protocol duplex --key own_secret_key.qskey --peer-key gate_public_key.qpkey
              postern forward -L 5432=db.internal:5432 -L 8080=web.internal:80 -D 1080 --server gate.example.org --root root.qrr --cert server.qrc
              postern forward -R 127.0.0.1:9000=localhost:80 --client-key alice.qskey --server gate.example.org --root root.qrr --cert server.qrc
            """)
        {
            listen, server, unsafeListen, maxConnections, idleTimeout, acceptProxy,
        };
        command.ReadOnce.AddRange([listen, unsafeListen, maxConnections, idleTimeout, acceptProxy, .. streams.All]);
        client.AddTo(command);
        streams.AddTo(command, protocol);
        daemon.AddTo(command);
        daemon.Run(command, terminal, async (result, context, stop) =>
        {
            EndPoint? named = (EndPoint?)context.Sockets.For(HandedSockets.Main) ?? result.GetValue(listen);
            if (named is null && !streams.HasPlaces(result)) throw new CommandException(ExitCode.Usage, "Nothing to listen on: give --listen, --local, --remote or --socks5.");
            List<(EndPoint Listen, Func<TunnelLink, ForwardingPath> Path)> places = [.. streams.Places(result)];
            if (named is not null) places.Insert(0, (named, link => ForwardingPath.StreamEach(link, StreamTarget.Default)));
            if (!result.GetValue(unsafeListen)) places.ForEach(place => LoopbackRule.Require(place.Listen));
            EndPoint remote = result.GetValue(server)!;
            QsmpPrivateKey? clientKey = streams.LoadClientKey(result, terminal, client.PassphraseFile(result));
            OwnedPart own = new(clientKey);
            ReloadingClient loaded = await ReloadingClient.LoadAsync(
                result, fresh => fresh.GetValue(server)!, (fresh, token) => client.LoadAsync(fresh, terminal, context.Loggers, token), stop);
            if (!streams.IsUsed(result))
            {
                Forwarder forwarder = await Daemon.ListenAsync(named!, () => Forwarder.Start(named!, Options(ForwardingPath.TunnelEach(loaded.ConnectAsync))), loaded);
                return Service(loaded, () => forwarder.LocalEndPoint, () => forwarder.IsListening, forwarder.DrainAsync, forwarder.GetChannels, link: null, forwarder, loaded, own);
            }

            TunnelLink link = streams.Start(result, loaded.ConnectAsync, clientKey, SecondsOption.ZeroIsInfinite(result.GetValue(idleTimeout)), context.Loggers);
            ForwardSet set = await Daemon.ListenAsync(
                places.Count > 0 ? places[0].Listen : remote,
                () => ForwardSet.Start(link, remote, places.Select(place => (place.Listen, Options(place.Path(link))))),
                link,
                loaded,
                own);
            return Service(loaded, () => set.LocalEndPoint, () => set.IsListening, set.DrainAsync, set.GetChannels, link, set, loaded, own);

            ForwarderOptions Options(ForwardingPath path) => new()
            {
                Server = remote,
                Path = path,
                LoggerFactory = context.Loggers,
                AcceptsProxyHeader = result.GetValue(acceptProxy),
                MaxConnections = result.GetValue(maxConnections),
                IdleTimeout = SecondsOption.ZeroIsInfinite(result.GetValue(idleTimeout)),
            };
        });
        return command;
    }

    private static DaemonService Service(
        ReloadingClient client,
        Func<EndPoint> localEndPoint,
        Func<bool> isListening,
        Func<CancellationToken, Task<bool>> drain,
        Func<IReadOnlyList<SecureChannel>> channels,
        TunnelLink? link,
        params IReadOnlyList<IAsyncDisposable> parts) => new(parts)
        {
            LocalEndPoint = localEndPoint,
            IsListening = isListening,
            Drain = drain,
            Channels = channels,
            Revocation = () => client.Revocation,
            IsUsable = () => client.Current.IsUsable(),
            IsConnected = link is null ? null : () => link.GetChannels().Count > 0,
            Reload = async (result, cancellationToken) =>
            {
                await client.ReloadAsync(result, channels, cancellationToken);
                link?.Renew();
            },
            Completion = link?.Completion,
        };
}
