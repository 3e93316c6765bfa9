using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Daemons;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Tunneling;

namespace Postern.Cli.Commands.Transfers;

/// <summary><c>postern receive</c>: a file from a peer that runs <c>postern send</c>, or many.</summary>
internal static class ReceiveCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        PeerOptions own = new();
        DaemonOptions daemon = new();
        Option<string[]> trust = new("--trust")
        {
            Description = "Who may send: a folder of public keys, or a key's file. Can be repeated. Default: the folder of 'postern key trust'.",
            HelpName = "PATH",
        };
        Option<IPEndPoint?> listen = EndPointArgument.Listen(
            "Where to listen. Default every address.", EndPointArgument.Any, _ => QsmpDuplexPeer.DefaultPort);
        Option<string> folder = CommonOptions.Folder();
        Option<bool> keep = new("--keep") { Description = "Go on after the first file, with many peers at once." };
        Option<long?> maxSize = SizeOption.Create("--max-size", "Refuse larger files, such as 500M or 2G. Default: what the disk has room for.");
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DaemonCommand command = new(
            "receive",
            "Receive a file from a peer, who runs 'postern send'.",
            """
            Without --keep it ends with the first file that is there in full; a connection that breaks off does not end it, for the peer can
            connect again and send the rest. What has arrived waits in .NAME.DIGEST.part beside its place, whatever ends the command; it gets
            its name when its SHA-256 is right. The files' paths go to stdout. Ctrl-C before a file has come is exit code 130. Exit code 4 says that the file cannot be written, or that
            another one of that name is there.

            Examples:
              postern receive --key bob_secret_key.qskey --trust alice_public_key.qpkey
              postern receive --key bob.qskey --listen 4000 --out /srv/in --keep --max-size 2G --json
            """)
        {
            trust, listen, folder, keep, maxSize, force, json,
        };
        own.AddTo(command);
        daemon.AddTo(command);
        command.SetAction(async (result, _) =>
        {
            string target = result.GetRequiredValue(folder);
            OutputFiles.ExpectFolder(target);
            using TerminalLoggerFactory loggers = daemon.Log.CreateLoggers(result, terminal);
            TrustedKeys trusted = TrustArgument.Load(terminal, new KeyFiles(terminal), result.GetValue(trust) ?? [], needsSomeone: true);
            using QsmpPrivateKey key = own.LoadKey(result, terminal);
            OutputFiles.MakeFolder(target);
            FileReceiver receiver = new(new FileReceiverOptions
            {
                Folder = target,
                Overwrites = result.GetValue(force),
                MaxSize = result.GetValue(maxSize),
            });
            bool keeps = result.GetValue(keep);
            ReceiveService service = new(terminal, receiver, loggers, keeps, result.GetValue(json));
            QsmpDuplexListenOptions options = new()
            {
                Keys = [key],
                TrustedKeys = trusted,
                ClockOffset = own.ClockOffset(result),
                PacketTolerance = ChannelArguments.PacketTolerance,
                KeepAliveInterval = PeerOptions.KeepAliveInterval,
                LoggerFactory = loggers,
                Limits = new ConnectionLimits
                {
                    HandshakeTimeout = own.HandshakeTimeout(result),
                    MaxConnections = keeps ? ConnectionLimits.Default.MaxConnections : 1,
                },
            };
            int exitCode = await Daemon.RunAsync(terminal, daemon.Create(result), loggers, async context =>
            {
                EndPoint endPoint = context.Sockets.For(HandedSockets.Main) ?? (EndPoint)result.GetValue(listen)!;
                QsmpDuplexListener listener = await Daemon.ListenAsync(endPoint, () => QsmpDuplexPeer.Listen(endPoint, options, service.RunAsync));
                return new DaemonService(listener)
                {
                    LocalEndPoint = () => listener.LocalEndPoint,
                    IsListening = () => listener.IsListening,
                    Drain = listener.DrainAsync,
                    Channels = listener.GetChannels,
                    IsUsable = () => terminal.Clock.GetUtcNow() <= key.Expiration,
                    Completion = keeps ? null : service.Finished,
                };
            });
            if (keeps) return exitCode;
            if (service.Failure is { } failure) throw TransferFailure.Of(failure);
            if (service.Finished.IsCompleted) return ExitCode.Success;
            terminal.WriteHint("Interrupted. What has arrived, if anything, stays: the same command takes the rest.");
            return ExitCode.Interrupted;
        });
        return command;
    }
}
